import { inflateSync } from 'node:zlib';

/** The words on the pages of a PDF as Chromium writes it, line by line as they were drawn. */
export function pdfText(pdf: Buffer): string {
  const objects = readObjects(pdf);
  const fonts = [...objects.values()].filter((object) => object.head.includes('/ToUnicode'));
  const maps = new Map(fonts.map((font) => [font.number, readMap(objects, font.head)]));
  return [...objects.values()]
    .filter(({ head }) => /\/Type \/Page\b/.test(head))
    .map(({ head }) => pageText(objects, head, maps))
    .join('\n');
}

interface PdfObject {
  number: string;
  head: string;
  stream: string;
}

function readObjects(pdf: Buffer): Map<string, PdfObject> {
  const text = pdf.toString('latin1');
  const objects = new Map<string, PdfObject>();
  for (const found of text.matchAll(/(?:^|\n)(\d+) 0 obj\n?([\s\S]*?)\nendobj/g)) {
    const [, number = '', body = ''] = found;
    const at = body.indexOf('stream\n');
    const head = at < 0 ? body : body.slice(0, at);
    const raw = at < 0 ? '' : body.slice(at + 7, body.lastIndexOf('\nendstream'));
    const stream = head.includes('/FlateDecode')
      ? inflateSync(Buffer.from(raw, 'latin1')).toString('latin1')
      : raw;
    objects.set(number, { number, head, stream });
  }
  return objects;
}

interface CodeMap {
  bytes: number;
  letters: Map<number, string>;
}

function readMap(objects: ReadonlyMap<string, PdfObject>, head: string): CodeMap {
  const cmap = objects.get(/\/ToUnicode (\d+) 0 R/.exec(head)![1]!)!.stream;
  const letters = new Map<number, string>();
  for (const [, block = ''] of cmap.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) {
    for (const [, code = '', text = ''] of block.matchAll(/<(\w+)> <(\w+)>/g)) {
      letters.set(Number.parseInt(code, 16), decode(text));
    }
  }
  for (const [, block = ''] of cmap.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
    for (const [, from = '', to = '', text = ''] of block.matchAll(/<(\w+)> <(\w+)> <(\w+)>/g)) {
      const first = Number.parseInt(from, 16);
      for (let code = first; code <= Number.parseInt(to, 16); code++) {
        letters.set(code, String.fromCodePoint(decode(text).codePointAt(0)! + code - first));
      }
    }
  }
  return { bytes: head.includes('/Type3') ? 1 : 2, letters };
}

function decode(hex: string): string {
  return Buffer.from(hex, 'hex').swap16().toString('utf16le');
}

function pageText(
  objects: ReadonlyMap<string, PdfObject>,
  head: string,
  maps: ReadonlyMap<string, CodeMap>,
): string {
  const fonts = new Map(
    [...head.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name, number]) => [name!, number!]),
  );
  const [, contents = ''] = /\/Contents (\d+) 0 R/.exec(head) ?? [];
  let map: CodeMap | undefined;
  let text = '';
  const operators =
    /\/(F\d+) [\d.]+ Tf|<(\w+)> Tj|\(((?:\\.|[^\\)])*)\) Tj|\[((?:\\.|[^\]\\])*)\] TJ|\bET\b/g;
  for (const [whole, font, hex, plain, parts] of objects.get(contents)!.stream.matchAll(operators)) {
    if (font) map = maps.get(fonts.get(font) ?? '');
    else if (whole === 'ET') text += '\n';
    else if (hex) text += spell(map, Buffer.from(hex, 'hex'));
    else if (plain !== undefined) text += spell(map, plainCodes(plain));
    else
      for (const [, code = ''] of (parts ?? '').matchAll(/<(\w+)>/g))
        text += spell(map, Buffer.from(code, 'hex'));
  }
  return text;
}

function spell(map: CodeMap | undefined, codes: Buffer): string {
  if (!map) return '';
  let text = '';
  for (let at = 0; at + map.bytes <= codes.length; at += map.bytes) {
    text += map.letters.get(codes.readUIntBE(at, map.bytes)) ?? '';
  }
  return text;
}

function plainCodes(text: string): Buffer {
  const plain = text.replace(/\\(\d{3}|.)/g, (_, code: string) =>
    /^\d{3}$/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : code,
  );
  return Buffer.from(plain, 'latin1');
}
