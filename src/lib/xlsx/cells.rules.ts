/** How a column's cells stand in a sheet: ids, phones and postal codes are text; days and times are real dates. */
export type CellKind = 'text' | 'number' | 'money' | 'day' | 'time';

export type CellValue = string | number | Date | null;

/** The places of the cell formats in styles.xml. */
export const styles = {
  text: 1,
  number: 2,
  money: 2,
  day: 3,
  time: 4,
  header: 5,
  totalText: 6,
  totalNumber: 7,
  numberHeader: 8,
} as const;

export const stylesXml = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts><fonts count="2"><font><sz val="10"/><name val="맑은 고딕"/><family val="2"/></font><font><b/><sz val="10"/><name val="맑은 고딕"/><family val="2"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFEEF1F5"/><bgColor indexed="64"/></patternFill></fill></fills><borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left/><right/><top style="thin"><color rgb="FF8A94A6"/></top><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="9"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="3" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment horizontal="right" indent="1"/></xf><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment horizontal="left"/></xf><xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment horizontal="left"/></xf><xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/><xf numFmtId="49" fontId="1" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyBorder="1"/><xf numFmtId="3" fontId="1" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1"><alignment horizontal="right" indent="1"/></xf><xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1"><alignment horizontal="right" indent="1"/></xf></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;

/** A cell at `place` (`C7`); '' where there is nothing to write. */
export function cellXml(place: string, kind: CellKind, value: CellValue): string {
  if (value == null || value === '') return '';
  if (kind === 'text') return textCell(place, styles.text, String(value));
  if (value instanceof Date) return numberCell(place, styles[kind], serialOf(value, kind === 'day'));
  if (typeof value === 'number') return Number.isFinite(value) ? numberCell(place, styles[kind], value) : '';
  const day = kind === 'day' ? serialOfDay(value) : undefined;
  return day === undefined ? textCell(place, styles.text, value) : numberCell(place, styles.day, day);
}

export function numberCell(place: string, style: number, value: number): string {
  return `<c r="${place}" s="${style}"><v>${value}</v></c>`;
}

/** A text is never a formula, whatever it begins with: nothing is put before it. */
export function textCell(place: string, style: number, value: string): string {
  return `<c r="${place}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escapeText(value)}</t></is></c>`;
}

/** The longest text Excel takes. */
const longestText = 32_767;
const special = /[&<>\p{Cc}\p{Cs}\uFFFE\uFFFF_]/u;
// Control characters but tab and line break, halves of characters, and what is no character at all.
const forbidden = /[^\P{Cc}\t\n\r]|\p{Cs}|[\uFFFE\uFFFF]/gu;

/** What XML and Excel cannot hold is left out; `_x0041_` would be read as a character and is written so that it is not. */
export function escapeText(text: string): string {
  if (text.length <= longestText && !special.test(text)) return text;
  return text
    .slice(0, longestText)
    .replace(/\r\n?/g, '\n')
    .replace(forbidden, '')
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}

const dayMs = 86_400_000;
const excelDayOfUnix = 25_569;

/** Excel's number of a moment as it stands on a Korean clock: the number has no zone. */
export function serialOf(date: Date, dayOnly = false): number {
  const [hours, minutes, seconds] = dayOnly
    ? [0, 0, 0]
    : [date.getHours(), date.getMinutes(), date.getSeconds()];
  const wall = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate(), hours, minutes, seconds);
  return wall / dayMs + excelDayOfUnix;
}

function serialOfDay(text: string): number | undefined {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  return year ? Date.UTC(Number(year), Number(month) - 1, Number(date)) / dayMs + excelDayOfUnix : undefined;
}

/** A, B, … Z, AA: the letters of a column counted from 0. */
export function lettersOf(column: number): string {
  const letter = String.fromCharCode(65 + (column % 26));
  return column < 26 ? letter : lettersOf(Math.floor(column / 26) - 1) + letter;
}
