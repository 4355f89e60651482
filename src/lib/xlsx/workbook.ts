import { isDateFormat } from './dates.ts';
import { refusalOfZip } from './foreign.ts';
import { limits } from './limits.ts';
import { type Package, readPart } from './package.ts';
import { damaged, FileRefused, notSpreadsheet, tooMuch } from './refusals.ts';
import type { DateRules } from './rows.ts';
import { attribute, readXml } from './xml.ts';

export interface Workbook extends DateRules {
  /** In the order of the tabs. */
  sheets: readonly { name: string; part: string }[];
  strings: string | undefined;
}

interface Relation {
  id: string;
  kind: string;
  part: string;
}

/** Finds the sheets by their relations, never by the names of their files. */
export async function readWorkbook(pack: Package): Promise<Workbook> {
  const home = await workbookPart(pack);
  const relations = await readRelations(pack, home);
  const partOf = (kind: string) => relations.find((relation) => relation.kind === kind)?.part;
  const { tabs, date1904 } = readTabs(await readPart(pack, home));
  if (tabs.length > limits.parts) throw tooMuch('시트가 지나치게 많습니다.');

  const sheets = tabs.flatMap(({ name, id }) => {
    const relation = relations.find((each) => each.id === id);
    if (!relation) throw damaged();
    return relation.kind === 'worksheet' ? [{ name, part: relation.part }] : [];
  });
  if (sheets.length === 0)
    throw new FileRefused('시트가 없는 엑셀 파일입니다. 주문이 든 파일을 올려 주세요.');
  if (sheets.some((sheet) => !pack.has(sheet.part))) throw damaged();

  const stylesPart = partOf('styles');
  const dateStyles =
    stylesPart && pack.has(stylesPart) ? readDateStyles(await readPart(pack, stylesPart)) : [];
  return { sheets, strings: partOf('sharedStrings'), dateStyles, date1904 };
}

async function workbookPart(pack: Package): Promise<string> {
  const relations = await readRelations(pack, '');
  const part = relations.find((relation) => relation.kind === 'officeDocument')?.part ?? 'xl/workbook.xml';
  if (part.endsWith('.bin')) {
    throw new FileRefused('엑셀 바이너리 형식(.xlsb)입니다. 엑셀에서 열어 .xlsx로 저장한 뒤 올려 주세요.');
  }
  if (!pack.has(part) || /^(word|ppt)\//.test(part)) throw refusalOfZip((name) => pack.has(name));
  return part;
}

/** Relations of a part; those of the package itself for ''. */
async function readRelations(pack: Package, of: string): Promise<Relation[]> {
  const folder = of.slice(0, of.lastIndexOf('/') + 1);
  const name = `${folder}_rels/${of.slice(folder.length)}.rels`;
  if (!pack.has(name)) return [];
  const relations: Relation[] = [];
  readXml(await readPart(pack, name), {
    open(tag, { Id = '', Type = '', Target = '', TargetMode }) {
      if (tag !== 'Relationship' || TargetMode === 'External') return;
      relations.push({ id: Id, kind: Type.slice(Type.lastIndexOf('/') + 1), part: resolve(folder, Target) });
    },
  });
  return relations;
}

/** `../xl/./sheet1.xml` beside `xl/` is `xl/sheet1.xml`; a leading slash starts at the package. */
function resolve(folder: string, target: string): string {
  const steps: string[] = [];
  for (const step of (target.startsWith('/') ? target : folder + target).split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return steps.join('/');
}

function readTabs(bytes: Buffer): { tabs: { name: string; id: string }[]; date1904: boolean } {
  const tabs: { name: string; id: string }[] = [];
  let date1904 = false;
  let root = '';
  readXml(bytes, {
    open(tag, attributes) {
      root ||= tag;
      if (root !== 'workbook') throw notSpreadsheet(); // a document or slides come in the same kind of zip
      if (tag === 'sheet') tabs.push({ name: attributes.name ?? '', id: attribute(attributes, 'id') ?? '' });
      if (tag === 'workbookPr') date1904 = /^(1|true|on)$/.test(attributes.date1904 ?? '');
    },
  });
  return { tabs, date1904 };
}

function readDateStyles(bytes: Buffer): boolean[] {
  const codes = new Map<number, string>();
  const formats: number[] = [];
  let inCells = false;
  readXml(bytes, {
    open(tag, attributes) {
      if (tag === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
      if (tag === 'cellXfs') inCells = true;
      if (tag === 'xf' && inCells) formats.push(Number(attributes.numFmtId ?? 0));
    },
    close(tag) {
      if (tag === 'cellXfs') inCells = false;
    },
  });
  return formats.map((id) => isDateFormat(id, codes.get(id)));
}
