import { maskAddress, maskName, maskPhone } from '#lib/masking.ts';
import { canDispatch, type LineRow, statusNames } from '#orders';
import { isSameRecipient, parcelIdsIn, parcelKey } from './parcels.rules.ts';
import { digitsOf, type ResultRow, type Told } from './result-file.rules.ts';

/** A line that a tracking number may belong to. */
export type MatchLine = Pick<
  LineRow,
  | 'channel_id'
  | 'line_no'
  | 'order_id'
  | 'order_no'
  | 'bundle_no'
  | 'status'
  | 'method'
  | 'courier'
  | 'tracking_no'
  | 'recipient_name'
  | 'recipient_phone'
  | 'recipient_phone2'
  | 'address'
  | 'address_detail'
> & { id: number };

/** Lines that go in one parcel. */
export interface Target {
  key: string;
  lines: MatchLine[];
}

/** Where to look for the lines of a row. */
export interface Places {
  /** The lines of a sheet's parcel, by its id. */
  parcels: ReadonlyMap<number, readonly MatchLine[]>;
  /** Lines of orders whose number, or line number, stands in a row. */
  byNumber: readonly MatchLine[];
  /** Lines of recipients whose names stand in the file. */
  byRecipient: readonly MatchLine[];
}

export type RowKind =
  | 'send'
  | 'replace'
  | 'same'
  | 'ask_replace'
  | 'ask_target'
  | 'ask_number'
  | 'unmatched'
  | 'blocked'
  | 'skipped'
  | 'refused';

export interface PlannedRow {
  row: number;
  told: Told;
  trackingNo: string;
  kind: RowKind;
  /** How the parcel was found, or why not, as the clerk reads it. */
  why: string;
  /** The parcel it goes to; several while the clerk has to choose. */
  targets: Target[];
  /** What applying does; empty for all that only tells. */
  acts: Act[];
}

export interface Act {
  mode: 'send' | 'replace';
  lineIds: number[];
}

/** What the clerk said of a row: '' nothing, `use` it, `skip` it, or the key of the parcel it belongs to. */
export type Decisions = ReadonlyMap<number, string>;

/** Decides what each row of a courier's file means for our lines as they stand now. */
export function planRows(
  rows: readonly ResultRow[],
  courierName: string,
  places: Places,
  decisions: Decisions,
): PlannedRow[] {
  const found = rows.map((row) => find(row, courierName, places, decisions.get(row.row) ?? ''));
  return askOfNumbers(found, decisions);
}

function find(row: ResultRow, courierName: string, places: Places, decision: string): PlannedRow {
  const base = { row: row.row, told: row.told, trackingNo: row.trackingNo, targets: [], acts: [] };
  if (row.refused) return { ...base, kind: 'refused', why: row.refused };

  const { targets, how } = targetsOf(row, places);
  if (targets.length === 0) return { ...base, kind: 'unmatched', why: how };
  if (decision === 'skip') return { ...base, targets, kind: 'skipped', why: `${how} · 넣지 않기로 함` };

  const chosen = targets.length === 1 ? targets[0]! : targets.find(({ key }) => key === decision);
  if (!chosen) {
    return {
      ...base,
      targets,
      kind: 'ask_target',
      why: `${how} 택배가 ${targets.length}개라 어느 것인지 모릅니다.`,
    };
  }
  return { ...base, ...compare(chosen, row, courierName, how, decision !== '') };
}

type Found = { targets: Target[]; how: string };

/** Our own number is surest, then the mall's; a recipient only when name, phone and address all agree. */
function targetsOf({ told, trackingNo }: ResultRow, places: Places): Found {
  const ids = parcelIdsIn(`${told.orderNo} ${told.text}`);
  const parcels = ids.flatMap((id) => {
    const lines = places.parcels.get(id);
    return lines ? [{ key: `parcel:${id}`, lines: [...lines] }] : [];
  });
  if (parcels.length > 0) return { targets: parcels, how: '우리 번호' };

  if (told.orderNo !== '') {
    const lines = places.byNumber.filter(
      (line) => line.order_no === told.orderNo || line.line_no === told.orderNo,
    );
    if (lines.length > 0) return { targets: likeliest(grouped(lines), trackingNo), how: '몰의 주문번호' };
  }
  const lines = places.byRecipient.filter((line) => isSameRecipient(told, line));
  const targets = likeliest(grouped(lines), trackingNo);
  if (targets.length > 0) return { targets, how: '이름·전화·주소가 같음' };
  return { targets, how: notFoundReason(told) };
}

function notFoundReason(told: Told): string {
  if (/[*＊●]/.test(told.name + told.address)) return '이름이나 주소가 가려져 있어 찾지 못했습니다.';
  if (parcelIdsIn(told.orderNo).length > 0) return '이 번호의 택배가 없습니다.';
  return '우리 번호도, 이름·전화·주소가 모두 같은 택배 주문도 없습니다.';
}

function grouped(lines: readonly MatchLine[]): Target[] {
  return [...Map.groupBy(lines, parcelKey)].map(([key, own]) => ({ key, lines: own }));
}

/** Who has this number already is meant; else what still waits; else whatever there is. */
function likeliest(targets: Target[], trackingNo: string): Target[] {
  const known = targets.filter(({ lines }) =>
    lines.some((line) => !canDispatch(line.status) && digitsOf(line.tracking_no) === trackingNo),
  );
  if (known.length > 0) return known.slice(0, 1);
  const waiting = targets.filter(({ lines }) => lines.some((line) => canDispatch(line.status)));
  return waiting.length > 0 ? waiting : targets;
}

const onTheWay: readonly string[] = ['dispatched', 'delivered', 'confirmed'];

function compare(
  target: Target,
  { trackingNo }: ResultRow,
  courierName: string,
  how: string,
  agreed: boolean,
): Pick<PlannedRow, 'kind' | 'why' | 'targets' | 'acts'> {
  const isNumber = (line: MatchLine) => digitsOf(line.tracking_no) === trackingNo;
  const isSame = (line: MatchLine) =>
    isNumber(line) && line.courier.replace(/\s/g, '') === courierName.replace(/\s/g, '');
  const parcel = target.lines.filter((line) => line.method === 'courier');
  const waiting = parcel.filter((line) => canDispatch(line.status));
  const differing = [
    ...waiting.filter((line) => line.tracking_no !== '' && !isNumber(line)),
    ...parcel.filter((line) => line.status === 'dispatched' && !isSame(line)),
  ];
  const sent = parcel.filter((line) => onTheWay.includes(line.status) && isSame(line));
  const targets = [target];

  if (differing.length > 0 && !agreed) {
    const known = [...new Set(differing.map((line) => `${line.courier} ${line.tracking_no}`.trim()))];
    return {
      kind: 'ask_replace',
      why: `${how} · 이미 다른 번호가 있습니다: ${known.join(', ')}`,
      targets,
      acts: [],
    };
  }
  const replaced = differing.filter((line) => line.status === 'dispatched');
  const acts: Act[] = [
    ...(waiting.length > 0 ? [{ mode: 'send' as const, lineIds: ids(waiting) }] : []),
    ...(replaced.length > 0 ? [{ mode: 'replace' as const, lineIds: ids(replaced) }] : []),
  ];
  if (replaced.length > 0) return { kind: 'replace', why: `${how} · 새 번호로 바꿈`, targets, acts };
  if (waiting.length > 0) return { kind: 'send', why: how + leftOut(target, waiting), targets, acts };
  if (sent.length > 0) return { kind: 'same', why: `${how} · 이미 이 번호로 보냄`, targets, acts: [] };
  return { kind: 'blocked', why: `${how} · ${whyBlocked(target)}`, targets, acts: [] };
}

function leftOut(target: Target, waiting: readonly MatchLine[]): string {
  const left = target.lines.filter((line) => !waiting.includes(line) && !onTheWay.includes(line.status));
  return left.length > 0 ? ` · ${left.length}건은 빠집니다(${statusesOf(left)})` : '';
}

function whyBlocked({ lines }: Target): string {
  if (lines.some((line) => canDispatch(line.status))) return '택배로 보내는 상품이 아닙니다.';
  return `보낼 수 있는 상품이 없습니다(${statusesOf(lines)}).`;
}

function statusesOf(lines: readonly MatchLine[]): string {
  return [...new Set(lines.map((line) => statusNames[line.status]))].join(', ');
}

function ids(lines: readonly MatchLine[]): number[] {
  return lines.map((line) => line.id);
}

/** Rows whose parcels share a line: a parcel that was sent again has two numbers of ours. */
function ofSameLines(rows: readonly PlannedRow[]): PlannedRow[][] {
  const groups: { ids: Set<number>; rows: PlannedRow[] }[] = [];
  for (const row of rows) {
    const own = ids(row.targets[0]!.lines);
    const group = groups.find((known) => own.some((id) => known.ids.has(id)));
    if (group) {
      group.rows.push(row);
      for (const id of own) group.ids.add(id);
    } else groups.push({ ids: new Set(own), rows: [row] });
  }
  return groups.map((group) => group.rows);
}

/** One parcel, two numbers: two boxes, or a mistake. The clerk says which number stands for it. */
function askOfNumbers(rows: PlannedRow[], decisions: Decisions): PlannedRow[] {
  const acting = rows.filter((row) => row.targets.length === 1 && row.kind !== 'skipped');
  for (const own of ofSameLines(acting)) {
    if (own.length < 2) continue;
    const numbers = new Set(own.map((row) => row.trackingNo));
    if (numbers.size === 1) {
      for (const row of own.slice(1))
        Object.assign(row, { kind: 'skipped', acts: [], why: `${own[0]!.row}행과 같은 내용` });
      continue;
    }
    const used = own.filter((row) => decisions.get(row.row) === 'use');
    for (const row of own) {
      if (used.length === 1 && row === used[0]) continue;
      const others = own.filter((other) => other !== row).map((other) => `${other.row}행`);
      if (used.length === 1) {
        Object.assign(row, { kind: 'skipped', acts: [], why: `${used[0]!.row}행의 번호를 씁니다.` });
      } else if (row.kind !== 'same') {
        Object.assign(row, {
          kind: 'ask_number',
          acts: [],
          why: `같은 택배에 번호가 여럿입니다(${others.join(', ')}). 쓸 번호를 하나 골라 주세요.`,
        });
      }
    }
  }
  return rows;
}

/** A row without its people; which parcel it belongs to is still told. */
export function maskedRow(row: PlannedRow): PlannedRow {
  const { told, targets } = row;
  return {
    ...row,
    told: {
      ...told,
      name: maskName(told.name),
      phones: told.phones.map(maskPhone),
      address: maskAddress(told.address),
      text: '',
    },
    targets: targets.map((target) => ({ ...target, lines: target.lines.map(maskedLine) })),
  };
}

function maskedLine(line: MatchLine): MatchLine {
  return {
    ...line,
    recipient_name: maskName(line.recipient_name),
    recipient_phone: maskPhone(line.recipient_phone),
    recipient_phone2: maskPhone(line.recipient_phone2),
    address: maskAddress(line.address),
    address_detail: line.address_detail === '' ? '' : '***',
  };
}
