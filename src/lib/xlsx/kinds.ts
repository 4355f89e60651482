import { compoundMagic, openCompoundFile } from './compound-file.ts';
import { refusalOfContainer, refuseForeignBytes } from './foreign.ts';
import { FileRefused } from './refusals.ts';
import type { Source } from './source.ts';

/** What a file is by its bytes: never by its name, which the malls choose freely. */
export type Container = 'zip' | 'locked' | 'biff' | 'text';

const zipMagic = Buffer.from('504b0304', 'hex');

/** Refuses what is no spreadsheet, each with its reason; of a text only its reader can tell. */
export async function kindOf(source: Source): Promise<Container> {
  const start = await source.read(0, 32);
  if (start.length === 0) throw new FileRefused('빈 파일입니다. 쇼핑몰에서 다시 내려받아 올려 주세요.');
  if (start.subarray(0, 4).equals(zipMagic)) return 'zip';
  if (start.subarray(0, 8).equals(compoundMagic)) return insideContainer(source);
  refuseForeignBytes(start);
  return 'text';
}

async function insideContainer(source: Source): Promise<Container> {
  const { names } = await openCompoundFile(source);
  if (names.includes('EncryptedPackage')) return 'locked';
  if (workbookStream(names)) return 'biff';
  throw refusalOfContainer(names);
}

/** The stream an .xls keeps its sheets in; one that keeps them twice has the newer form here. */
export function workbookStream(names: readonly string[]): string | undefined {
  return names.find((name) => /^workbook$/i.test(name)) ?? names.find((name) => /^book$/i.test(name));
}
