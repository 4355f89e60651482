import { FileRefused, notSpreadsheet } from './refusals.ts';

// What people drop on an import that is no spreadsheet, and what to tell them.

const picture = '그림 파일입니다. 쇼핑몰에서 내려받은 엑셀 파일을 올려 주세요.';
const packed = '압축 파일입니다. 압축을 풀어 안에 든 엑셀 파일을 올려 주세요.';
const document = '문서 파일입니다. 표를 엑셀에 옮겨 .xlsx로 저장한 뒤 올려 주세요.';
const tooOld =
  '1995년 이전의 엑셀 형식입니다. 엑셀에서 열어 ‘Excel 통합 문서(.xlsx)’로 저장한 뒤 올려 주세요.';

const starts: readonly [bytes: string, reason: string][] = [
  ['%PDF-', 'PDF 파일입니다. 쇼핑몰에서 엑셀 파일로 내려받아 올려 주세요.'],
  ['\x89PNG', picture],
  ['\xff\xd8\xff', picture],
  ['GIF8', picture],
  ['BM\0', picture],
  ['II*\0', picture],
  ['MM\0*', picture],
  ['PK\x05\x06', '빈 압축 파일입니다. 쇼핑몰에서 엑셀 파일을 다시 내려받아 올려 주세요.'],
  ['7z\xbc\xaf', packed],
  ['Rar!', packed],
  ['\x1f\x8b', packed],
  ['ALZ\x01', packed],
  ['EGGA', packed],
  ['{\\rtf', document],
  ['HWP Document File', document],
  ['\x09\x00\x04\x00', tooOld],
  ['\x09\x02\x06\x00', tooOld],
  ['\x09\x04\x06\x00', tooOld],
];

/** Throws when the first bytes are those of something else. */
export function refuseForeignBytes(start: Buffer): void {
  const text = start.toString('latin1');
  const known = starts.find(([bytes]) => text.startsWith(bytes));
  if (known) throw new FileRefused(known[1]);
  if (text.startsWith('RIFF') && text.startsWith('WEBP', 8)) throw new FileRefused(picture);
  if (/^ftyp(hei|avi|mif)/.test(text.slice(4))) throw new FileRefused(picture);
}

/** The reason for an Office container (OLE) that holds no workbook. */
export function refusalOfContainer(streams: readonly string[]): FileRefused {
  const has = (name: string) => streams.includes(name);
  if (has('WordDocument') || has('HwpSummaryInformation') || has('\x05HwpSummaryInformation'))
    return new FileRefused(document);
  return notSpreadsheet();
}

/** The reason for a zip without a workbook, by the names of its parts. */
export function refusalOfZip(has: (part: string) => boolean): FileRefused {
  if (has('word/document.xml') || has('Contents/content.hpf') || has('ppt/presentation.xml'))
    return new FileRefused(document);
  if (has('content.xml') && has('META-INF/manifest.xml')) {
    return new FileRefused('오픈도큐먼트(.ods) 파일입니다. 프로그램에서 .xlsx로 저장한 뒤 올려 주세요.');
  }
  if (has('Index/Document.iwa') || has('[Content_Types].xml')) return notSpreadsheet();
  return new FileRefused(packed);
}

/** Throws for text that is written for programs, or holds no table. */
export function refuseForeignText(head: string): void {
  if (head.includes('\0')) throw notSpreadsheet();
  const text = head.trimStart();
  if (text === '') throw new FileRefused('빈 파일입니다. 쇼핑몰에서 다시 내려받아 올려 주세요.');
  if (/^(\{\s*["}]|\[\s*[{[\]])/.test(text)) {
    throw new FileRefused('JSON 파일입니다. 쇼핑몰에서 엑셀 파일로 내려받아 올려 주세요.');
  }
  if (/^MIME-Version:/i.test(text)) {
    throw new FileRefused('웹 보관 파일(.mht)입니다. 엑셀에서 열어 .xlsx로 저장한 뒤 올려 주세요.');
  }
  if (text.startsWith('ID;P')) throw notSpreadsheet();
}
