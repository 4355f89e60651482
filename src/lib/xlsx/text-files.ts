import { decode } from './decoding.ts';
import { refuseForeignText } from './foreign.ts';
import { HtmlTables } from './html-tables.ts';
import { notSpreadsheet } from './refusals.ts';
import type { Row } from './rows.ts';
import { SeparatedRows } from './separated-rows.ts';
import { Xml2003 } from './xml-2003.ts';

/** Takes a text in pieces of any length and gives the rows found so far. */
export interface TextReader {
  write(text: string): void;
  /** Refuses a text that was cut short. */
  end(): void;
  /** The rows not taken yet. */
  take(): Row[];
}

/** Rows of what is text: a table in a web page, the XML of 2003, or values between commas. */
export async function* readText(
  bytes: Buffer,
  tell: ((done: number, total: number) => void) | undefined,
): AsyncGenerator<Row> {
  let reader: TextReader | undefined;
  for await (const { text, done } of decode(bytes)) {
    reader ??= readerFor(text);
    reader.write(text);
    tell?.(done, bytes.length);
    yield* reader.take();
  }
  reader?.end();
  yield* reader?.take() ?? [];
}

const headLength = 4096;

function readerFor(text: string): TextReader {
  refuseForeignText(text.slice(0, headLength));
  const head = text.trimStart().slice(0, headLength);
  if (!head.startsWith('<')) return new SeparatedRows();
  if (/urn:schemas-microsoft-com:office:spreadsheet|progid="Excel\.Sheet"/i.test(head)) return new Xml2003();
  if (htmlTag.test(head)) return new HtmlTables();
  if (/^<(\?xml|svg)/i.test(head)) throw notSpreadsheet();
  return new SeparatedRows(); // a title in angle brackets
}

const htmlTag =
  /<(?:!--|(?:!doctype html|html|head|body|meta|title|style|script|table|thead|tbody|tr|div|center|form|font|p|br)\b)/i;
