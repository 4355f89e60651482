import { canDispatch, type LineRow } from '#orders';
import { type DispatchFormat, type Spelling, type ToldLine, wayOf } from './format.ts';

/** The mall's own row of a line, as its file had it. */
export interface OwnRow {
  columns: readonly string[];
  cells: readonly string[];
}

export type DueLine = Pick<
  LineRow,
  | 'line_no'
  | 'order_no'
  | 'bundle_no'
  | 'method'
  | 'method_text'
  | 'courier'
  | 'tracking_no'
  | 'recipient_name'
  | 'recipient_phone'
>;

/** A line as it goes into the file, or everything that keeps it out. */
export type Filled<L> = { line: L; cells: string[]; problems?: undefined } | { line: L; problems: string[] };

export interface Filling<L> {
  format: DispatchFormat;
  columns: readonly string[];
  spellings: Readonly<Record<string, Spelling>>;
  ownRow(line: L): OwnRow | undefined;
  /** Of formats with boxes: how the lines of this line's box are sent. */
  box?(line: L): Box;
}

/** `apart`: not all lines of the box have the same number. `splittable`: no line of it forbids to send them apart. */
export interface Box {
  apart: boolean;
  splittable: boolean;
}

/** The columns of the file: the mall's own, and behind them those of ours that it lacks. */
export function columnsOf(format: DispatchFormat, own: readonly string[] | undefined): string[] {
  if (format.columns) return [...format.columns];
  const known = own ?? format.keys;
  const ours = Object.keys(format.cells(nobody));
  return [...known, ...ours.filter((column) => !known.includes(column))];
}

const nobody: ToldLine = {
  lineNo: '',
  orderNo: '',
  bundleNo: '',
  byCourier: true,
  word: '',
  trackingNo: '',
  splits: false,
  recipientName: '',
  recipientPhone: '',
  own: () => '',
};

export function fillLine<L extends DueLine>(line: L, filling: Filling<L>): Filled<L> {
  const { format, spellings, columns } = filling;
  const byCourier = line.method === 'courier';
  const ourWord = byCourier ? line.courier : (wayOf[line.method] ?? line.method_text);
  const word = spelt(ourWord, spellings);
  const trackingNo = byCourier ? line.tracking_no : (format.numberWithoutCourier?.(told(line)) ?? '');
  const ownRow = filling.ownRow(line);
  const box = filling.box?.(line);

  const problems = [
    ...(ourWord === '' ? [byCourier ? '택배사가 없습니다.' : '배송방법이 없습니다.'] : []),
    ...(ourWord !== '' && word === '' ? [`이 몰에서 ‘${ourWord}’을(를) 어떻게 적는지 모릅니다.`] : []),
    ...(byCourier && line.tracking_no === '' ? ['송장번호가 없습니다.'] : []),
    ...lackingKeys(format, ownRow),
    ...(box?.apart && !box.splittable
      ? ['분리배송할 수 없는 상품인데 한 묶음의 송장번호가 다르거나 아직 다 보내지 않았습니다.']
      : []),
  ];
  if (problems.length > 0) return { line, problems };

  const own = (...headers: string[]) => ownCell(ownRow, headers);
  const cells = format.cells({
    ...told(line),
    byCourier,
    word,
    trackingNo,
    splits: box?.apart ?? false,
    own,
  });
  return { line, cells: columns.map((column, at) => cells[column] ?? keptCell(ownRow, columns, at)) };
}

/** A word the mall's own file brought is the mall's spelling already. */
function spelt(ourWord: string, spellings: Filling<unknown>['spellings']): string {
  const word = squeezed(ourWord);
  const own = Object.values(spellings).find(({ text }) => squeezed(text) === word);
  return spellings[word]?.text ?? own?.text ?? '';
}

function told(line: DueLine) {
  return {
    lineNo: line.line_no,
    orderNo: line.order_no,
    bundleNo: line.bundle_no,
    recipientName: line.recipient_name,
    recipientPhone: line.recipient_phone,
  };
}

function lackingKeys(format: DispatchFormat, ownRow: OwnRow | undefined): string[] {
  if (format.keys.length === 0) return [];
  if (!ownRow) return ['몰의 원래 열이 남아 있지 않습니다. 주문 파일을 다시 가져오면 채워집니다.'];
  const lacking = format.keys.filter((key) => ownCell(ownRow, [key]) === '');
  return lacking.length > 0 ? [`가져온 파일에 ${lacking.join(', ')} 값이 없습니다.`] : [];
}

function ownCell(ownRow: OwnRow | undefined, headers: readonly string[]): string {
  for (const header of headers) {
    const cell = ownRow?.cells[ownRow.columns.indexOf(header)];
    if (cell) return cell;
  }
  return '';
}

/** The line may come from a file with other columns than the one that gives the header; names may stand twice. */
function keptCell(ownRow: OwnRow | undefined, columns: readonly string[], at: number): string {
  if (!ownRow) return '';
  const name = columns[at]!;
  const turn = columns.slice(0, at).filter((column) => column === name).length;
  const places = ownRow.columns.flatMap((column, place) => (column === name ? [place] : []));
  return ownRow.cells[places[turn] ?? -1] ?? '';
}

/** 'CJ 대한통운' and 'CJ대한통운' are one courier. */
export function squeezed(word: string): string {
  return word.replace(/\s+/g, '');
}

export type BoxLine = Pick<LineRow, 'status' | 'method' | 'courier' | 'tracking_no'>;

/** True when the lines of a box go with different numbers, or some of them have not gone yet. */
export function isApart(lines: readonly BoxLine[]): boolean {
  const ways = lines
    .filter((line) => !['cancelled', 'returned', 'exchanged', 'claimed'].includes(line.status))
    .map((line) =>
      canDispatch(line.status) || line.status === 'held'
        ? 'waiting'
        : `${line.method}/${squeezed(line.courier)}/${line.tracking_no.replaceAll('-', '')}`,
    );
  return new Set(ways).size > 1;
}
