import { type CompoundFile, compoundMagic, openCompoundFile } from './compound-file.ts';
import { FileRefused, notSpreadsheet } from './refusals.ts';
import type { Source } from './source.ts';

const zipMagic = Buffer.from('504b0304', 'hex');

/** What the bytes are: an open spreadsheet's zip or a locked one. Refuses the rest, each with its reason. */
export async function kindOf(source: Source): Promise<'zip' | 'locked'> {
  const start = await source.read(0, 8);
  if (start.subarray(0, 4).equals(zipMagic)) return 'zip';
  if (!start.equals(compoundMagic)) throw refusalOf(start);

  const file = await openCompoundFile(source);
  if (file.names.includes('EncryptedPackage')) return 'locked';
  throw refusalOfOld(file);
}

function refusalOf(start: Buffer): FileRefused {
  if (start.length === 0) return new FileRefused('빈 파일입니다. 쇼핑몰에서 다시 내려받아 올려 주세요.');
  return notSpreadsheet();
}

function refusalOfOld({ names }: CompoundFile): FileRefused {
  if (!names.includes('Workbook') && !names.includes('Book')) return notSpreadsheet();
  return new FileRefused(
    '옛 엑셀 형식(.xls)입니다. 엑셀에서 열어 ‘Excel 통합 문서(.xlsx)’로 저장한 뒤 올려 주세요.',
  );
}
