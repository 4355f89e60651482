import { BiffRecords, recordKinds } from './biff-records.ts';
import { readSharedTexts, textDecoder, UnicodePieces } from './biff-texts.ts';
import { isDateFormat } from './dates.ts';
import { limits } from './limits.ts';
import { damaged, FileRefused, tooMuch } from './refusals.ts';
import type { DateRules } from './rows.ts';

/** What the sheets of an .xls have in common. */
export interface BiffWorkbook extends DateRules {
  /** In the order of the tabs; `at` is where the sheet's records begin. */
  sheets: readonly { name: string; at: number }[];
  strings: readonly string[];
  /** How texts in the cells are written. */
  unicode: boolean;
  decode: (bytes: Buffer) => string;
}

const versions = { excel97: 0x0600, excel95: 0x0500 };

export function readBiffWorkbook(bytes: Buffer): BiffWorkbook {
  const records = new BiffRecords(bytes, 0);
  const unicode = readVersion(records) === versions.excel97;
  const tabs: { at: number; name: Buffer }[] = [];
  const formats: number[] = [];
  const codes = new Map<number, Buffer>();
  let strings: string[] = [];
  let codePage: number | undefined;
  let date1904 = false;

  for (records.next(); records.kind !== recordKinds.end; records.next()) {
    switch (records.kind) {
      case recordKinds.password:
        throw lockedOldFile();
      case recordKinds.codePage:
        codePage = records.content(2).readUInt16LE();
        break;
      case recordKinds.calendar:
        date1904 = records.content(2).readUInt16LE() === 1;
        break;
      case recordKinds.cellFormat:
        formats.push(records.content(4).readUInt16LE(2));
        break;
      case recordKinds.format:
        codes.set(records.content(3).readUInt16LE(), records.content(3).subarray(2));
        break;
      case recordKinds.sharedStrings:
        strings = readSharedTexts(records.pieces());
        break;
      case recordKinds.sheet: {
        const content = records.content(7);
        const isWorksheet = content[5] === 0;
        const at = content.readUInt32LE();
        if (tabs.some((tab) => tab.at === at)) throw damaged();
        if (isWorksheet) tabs.push({ at, name: content.subarray(6) });
        if (tabs.length > limits.parts) throw tooMuch('시트가 지나치게 많습니다.');
        break;
      }
    }
  }

  const decode = textDecoder(codePage);
  const short = (text: Buffer, lengthBytes: 1 | 2) =>
    unicode ? new UnicodePieces([text]).text(lengthBytes) : decode(text.subarray(1, 1 + text[0]!));
  return {
    unicode,
    decode,
    strings,
    date1904,
    sheets: tabs.map(({ at, name }) => ({ at, name: short(name, 1) })),
    dateStyles: formats.map((id) => isDateFormat(id, codes.has(id) ? short(codes.get(id)!, 2) : undefined)),
  };
}

function readVersion(records: BiffRecords): number {
  records.next();
  if (records.kind !== recordKinds.begin) throw tooOld();
  const version = records.content(4).readUInt16LE();
  if (version !== versions.excel97 && version !== versions.excel95) throw damaged();
  return version;
}

const lockedOldFile = () =>
  new FileRefused(
    '비밀번호가 걸린 옛 엑셀 파일(.xls)입니다. 엑셀에서 열어 비밀번호 없이 .xlsx로 저장한 뒤 올려 주세요.',
  );

const tooOld = () =>
  new FileRefused(
    '1995년 이전의 엑셀 형식입니다. 엑셀에서 열어 ‘Excel 통합 문서(.xlsx)’로 저장한 뒤 올려 주세요.',
  );
