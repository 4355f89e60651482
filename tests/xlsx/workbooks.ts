import { type ReadOptions, type Row, readRows } from '#lib/xlsx/index.ts';
import { writeZip, type ZipPart } from '../../seeds/zip-file.ts';

/** A workbook made of XML by hand: what stands inside `<sheetData>`, or whole parts. */
export interface Pieces {
  /** The rows of a single sheet. */
  rows?: string;
  /** Whole sheets by name instead, in the order of the tabs. */
  sheets?: Record<string, string>;
  /** `<si>` entries. */
  strings?: string;
  numberFormats?: readonly string[];
  date1904?: boolean;
  /** Added to the other parts, or in place of the one of the same name. */
  parts?: readonly ZipPart[];
}

const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packages = 'http://schemas.openxmlformats.org/package/2006/relationships';
const head = '<?xml version="1.0" encoding="UTF-8"?>';

export function sheetXml(rows: string): string {
  return `${head}<worksheet ${main}><dimension ref="A1"/><sheetData>${rows}</sheetData></worksheet>`;
}

export async function writeWorkbook(path: string, pieces: Pieces): Promise<void> {
  const own = pieces.parts ?? [];
  const parts = workbookParts(pieces).filter((part) => !own.some((other) => other.name === part.name));
  await writeZip(path, [...parts, ...own]);
}

function workbookParts({ rows = '', sheets, strings, numberFormats = [], date1904 }: Pieces): ZipPart[] {
  const tabs = Object.entries(sheets ?? { Sheet1: sheetXml(rows) });
  const relation = (id: string, kind: string, target: string) =>
    `<Relationship Id="${id}" Type="${office}/${kind}" Target="${target}"/>`;
  const formats = numberFormats.map((code, at) => `<numFmt numFmtId="${170 + at}" formatCode="${code}"/>`);
  const styles = [0, 14, 22, ...numberFormats.map((_, at) => 170 + at)].map((id) => `<xf numFmtId="${id}"/>`);
  return [
    {
      name: '_rels/.rels',
      text: `<Relationships xmlns="${packages}">${relation('r', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    },
    {
      name: 'xl/workbook.xml',
      text: `${head}<workbook ${main} xmlns:r="${office}"><workbookPr date1904="${date1904 ? 1 : 0}"/><sheets>${tabs
        .map(([name], at) => `<sheet name="${name}" sheetId="${at + 1}" r:id="tab${at}"/>`)
        .join('')}</sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      text: `<Relationships xmlns="${packages}">${tabs
        .map((_, at) => relation(`tab${at}`, 'worksheet', `worksheets/part${tabs.length - at}.xml`))
        .join(
          '',
        )}${relation('s', 'styles', 'styles.xml')}${relation('t', 'sharedStrings', '/xl/sharedStrings.xml')}</Relationships>`,
    },
    ...tabs.map(([, text], at) => ({ name: `xl/worksheets/part${tabs.length - at}.xml`, text })),
    {
      name: 'xl/styles.xml',
      text: `${head}<styleSheet ${main}><numFmts>${formats.join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${styles.join('')}</cellXfs></styleSheet>`,
    },
    { name: 'xl/sharedStrings.xml', text: `${head}<sst ${main}>${strings ?? ''}</sst>` },
  ];
}

export async function rowsOf(file: string | Buffer, options?: ReadOptions): Promise<Row[]> {
  return Array.fromAsync(readRows(file, options));
}
