import { type Snapshot, snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { addDays } from '#lib/dates.ts';
import { type ListDefinition, type ListQuery, offsetOf, withinTotal } from '#lib/lists.ts';
import { phoneDigits } from '#lib/phone.ts';
import { publicId } from '#lib/versions.ts';
import { type LineRow, type ShownLine, showLines, visibleLines } from '#orders';
import { couriers } from './known/index.ts';
import { parcelKey, squeeze } from './parcels.rules.ts';

export const parcelList: ListDefinition = {
  sorts: ['ordered_at', 'recipient'],
  defaultSort: { key: 'ordered_at', dir: 'asc' },
  filters: {
    state: ['sent', 'all'],
    channel: 'text',
    courier: [...couriers.map(({ code }) => code), 'none'],
  },
};

const columns = [
  'id',
  'overlay_of',
  'channel_id',
  'line_no',
  'order_no',
  'bundle_no',
  'status',
  'method',
  'courier',
  'recipient_name',
  'recipient_phone',
  'recipient_phone2',
  'address',
  'address_detail',
  'ordered_at',
] as const satisfies readonly (keyof LineRow)[];
type WaitingLine = Pick<LineRow, (typeof columns)[number]>;

/** Where a line was sent to a courier before. */
interface SentLine {
  channel_id: number;
  line_no: string;
  parcel_id: number;
  run_id: number;
  courier: string;
  made_at: Date;
}

/** Lines that go in one box, and the sheet they stand in already. */
export interface Parcel {
  /** The id of its first line, which names it in forms. */
  id: number;
  channelId: number;
  lines: WaitingLine[];
  sent: SentLine | undefined;
  /** Something of the same bundle went before. */
  added: boolean;
  orderedAt: Date | null;
}

/** A gift whose receiver has not said yet where to: no courier can take it. */
export function isUnaddressed({ lines }: Pick<Parcel, 'lines'>): boolean {
  return lines.some((line) => line.recipient_name === '' || line.address === '');
}

export interface ParcelFilter {
  from: string;
  to: string;
  channelId: number | undefined;
}

/** So many lines are looked through; a longer list is cut and says so. */
const lineLimit = 20_000;

/** The parcels that wait to be dispatched, whole, in the order they were ordered. */
export async function waitingParcels(
  snap: Snapshot,
  filter: ParcelFilter,
): Promise<{ parcels: Parcel[]; cut: boolean }> {
  const query = visibleLines(snap)
    .whereIn('order_lines.status', ['new', 'acknowledged'])
    .where('order_lines.method', 'courier')
    .orderBy('order_lines.ordered_at')
    .orderBy('order_lines.id')
    .limit(lineLimit)
    .select(columns.map((column) => `order_lines.${column}`));
  if (filter.from) query.where('order_lines.ordered_at', '>=', filter.from);
  if (filter.to) query.where('order_lines.ordered_at', '<', addDays(filter.to, 1));
  if (filter.channelId) query.where('order_lines.channel_id', filter.channelId);
  const lines = (await query) as WaitingLine[];
  const sent = await sentLines(snap, lines);
  return { parcels: groupParcels(lines, sent), cut: lines.length === lineLimit };
}

/** By channel and line number: the newest sheet a line stands in. */
async function sentLines(ctx: Ctx, lines: readonly WaitingLine[]): Promise<Map<string, SentLine>> {
  const sent = new Map<string, SentLine>();
  for (let at = 0; at < lines.length; at += 1000) {
    const rows: SentLine[] = await ctx
      .db('courier_parcel_lines as line')
      .join('courier_parcels as parcel', 'parcel.id', 'line.parcel_id')
      .join('courier_runs as run', 'run.id', 'parcel.run_id')
      .whereIn(
        'line.line_no',
        lines.slice(at, at + 1000).map((line) => line.line_no),
      )
      .orderBy('line.parcel_id')
      .select(
        'line.channel_id',
        'line.line_no',
        'line.parcel_id',
        'parcel.run_id',
        'run.courier',
        'run.made_at',
      );
    for (const row of rows) sent.set(lineKey(row), row);
  }
  return sent;
}

const lineKey = (line: { channel_id: number; line_no: string }) => `${line.channel_id}/${line.line_no}`;

/** What was sent and what came to the bundle since are two parcels: the courier has the first already. */
function groupParcels(lines: readonly WaitingLine[], sent: ReadonlyMap<string, SentLine>): Parcel[] {
  const bundles = Map.groupBy(lines, parcelKey);
  return [...bundles.values()].flatMap((bundle) => {
    const parts = Map.groupBy(bundle, (line) => sent.get(lineKey(line))?.parcel_id ?? 0);
    return [...parts].map(([parcelId, own]): Parcel => {
      const first = own[0]!;
      return {
        id: Math.min(...own.map(publicId)),
        channelId: first.channel_id,
        lines: own,
        sent: sent.get(lineKey(first)),
        added: parcelId === 0 && parts.size > 1,
        orderedAt: first.ordered_at as Date | null,
      };
    });
  });
}

export interface ShownParcel extends Parcel {
  shown: ShownLine[];
  channel: string;
}

export interface ParcelListing {
  parcels: ShownParcel[];
  counts: Record<'unsent' | 'sent' | 'all', number>;
  total: number;
  query: ListQuery;
  cut: boolean;
}

export async function listParcels(
  ctx: Ctx,
  asked: ListQuery,
  channels: readonly { id: number; code: string; name: string }[],
): Promise<ParcelListing> {
  return snapshot(ctx, async (snap) => {
    const { page, ...open } = await openParcels(snap, asked, channels);
    const query = withinTotal(asked, open.total);
    return { ...open, query, parcels: await page(query) };
  });
}

/** What waits under this filter, found once; `page` shows a part of it. */
export async function openParcels(
  snap: Snapshot,
  asked: ListQuery,
  channels: readonly { id: number; code: string; name: string }[],
): Promise<
  Pick<ParcelListing, 'counts' | 'total' | 'cut'> & { page(query: ListQuery): Promise<ShownParcel[]> }
> {
  const { parcels: all, cut } = await waitingParcels(snap, filterOf(asked, channels));
  const found = all.filter(
    (parcel) => isFound(parcel, asked.q) && isOfCourier(parcel, asked.filters.courier!),
  );
  const sent = found.filter((parcel) => parcel.sent);
  const counts = { unsent: found.length - sent.length, sent: sent.length, all: found.length };
  const { state } = asked.filters;
  const listed = state === 'all' ? found : state === 'sent' ? sent : found.filter((parcel) => !parcel.sent);
  const ordered = inOrder(listed, asked);
  const page = (query: ListQuery) =>
    show(snap, ordered.slice(offsetOf(query), offsetOf(query) + query.size), channels);
  return { counts, total: listed.length, cut, page };
}

export function filterOf(query: ListQuery, channels: readonly { id: number; code: string }[]): ParcelFilter {
  const channelId = channels.find(({ code }) => code === query.filters.channel)?.id;
  return { from: query.from, to: query.to, channelId };
}

function isFound({ lines }: Parcel, q: string): boolean {
  if (q === '') return true;
  const [text, digits] = [squeeze(q), phoneDigits(q)];
  return lines.some(
    (line) =>
      squeeze(line.recipient_name).includes(text) ||
      line.order_no === q ||
      line.line_no === q ||
      (digits.length >= 4 && /^[\d\s-]+$/.test(q) && line.recipient_phone.endsWith(digits)),
  );
}

/** The courier whose sheet it stands in, else the one its mall's file names. */
function isOfCourier({ sent, lines }: Parcel, courier: string): boolean {
  if (courier === '') return true;
  const named = lines[0]!.courier.replace(/\s/g, '');
  const code = sent?.courier ?? couriers.find(({ name }) => name === named)?.code ?? 'none';
  return code === courier;
}

function inOrder(parcels: readonly Parcel[], { sort, dir }: ListQuery): Parcel[] {
  const sign = dir === 'asc' ? 1 : -1;
  const name = (parcel: Parcel) => parcel.lines[0]!.recipient_name;
  const time = (parcel: Parcel) => parcel.orderedAt?.getTime() ?? 0;
  return [...parcels].sort(
    (a, b) =>
      sign * (sort === 'recipient' ? name(a).localeCompare(name(b), 'ko') : time(a) - time(b)) || a.id - b.id,
  );
}

async function show(
  snap: Snapshot,
  parcels: readonly Parcel[],
  channels: readonly { id: number; name: string }[],
): Promise<ShownParcel[]> {
  const shown = await showLines(
    snap,
    parcels.flatMap((parcel) => parcel.lines.map((line) => line.id)),
  );
  const byId = new Map(shown.map((line) => [line.id, line]));
  return parcels.map((parcel) => ({
    ...parcel,
    shown: parcel.lines.map((line) => byId.get(publicId(line))!),
    channel: channels.find(({ id }) => id === parcel.channelId)?.name ?? '',
  }));
}
