import { noteSeen } from '#lib/access.ts';
import { type Snapshot, snapshot } from '#lib/batches.ts';
import { type Ctx, withinScope } from '#lib/ctx.ts';
import { NotFound } from '#lib/errors.ts';
import { type ListDefinition, type ListQuery, offsetOf, withinTotal } from '#lib/lists.ts';
import { maskName } from '#lib/masking.ts';
import { sees } from '#lib/sight.ts';
import { type LineRow, visibleLines } from '#orders';
import { listMalls } from '../channels.ts';
import type { ChannelRow } from '../tables.ts';
import { type DispatchScope, dispatchLines, type Prepared, prepareDispatch } from './exporting.ts';
import type { DispatchFormat } from './format.ts';
import { formatOf } from './formats.ts';

/** A channel whose mall has to be told something, and how far its file is ready. */
export interface DueChannel {
  channel: ChannelRow;
  /** Undefined when we know no file that the mall would take. */
  format: DispatchFormat | undefined;
  lines: number;
  ready: number;
}

export const dispatchList: ListDefinition = {
  sorts: ['dispatched_at'],
  defaultSort: { key: 'dispatched_at', dir: 'desc' },
  filters: { scope: ['unseen'], channel: 'text', show: ['problems'] },
};

export function scopeOf({ filters }: ListQuery): DispatchScope {
  return filters.scope === 'unseen' ? 'unseen' : 'due';
}

/** The malls that wait for a file, and the lines of one of them. */
export interface OpenDispatch {
  channels: DueChannel[];
  counts: Record<DispatchScope, number>;
  /** The channel whose lines these are. */
  chosen: ChannelRow;
  total: number;
  /** By the id of a line's row. */
  problems: Map<number, string[]>;
  page(query: ListQuery): Promise<LineRow[]>;
}

/** The filter names the channel, else it is the first that waits; it may ask for lines that lack something only. */
export async function openDispatch(snap: Snapshot, asked: ListQuery): Promise<OpenDispatch> {
  const scope = scopeOf(asked);
  const channels = await listMalls(snap);
  if (channels.length === 0) throw new NotFound('맡은 몰이 없어 발송처리할 것이 없습니다.');
  const counts = await countByChannel(snap, channels);
  const waiting = channels.filter((channel) => (counts[scope].get(channel.id) ?? 0) > 0);
  const chosen = channels.find(({ code }) => code === asked.filters.channel) ?? waiting[0] ?? channels[0]!;
  const prepared = new Map<number, Prepared>();
  for (const channel of waiting) {
    const format = formatOf(channel);
    if (format) prepared.set(channel.id, await prepareDispatch(snap, channel, format, scope));
  }
  const problems = prepared.get(chosen.id)?.problems ?? new Map<number, string[]>();
  const only = asked.filters.show === 'problems' ? [...problems.keys()] : undefined;
  return {
    channels: waiting.map((channel) => ({
      channel,
      format: formatOf(channel),
      lines: counts[scope].get(channel.id)!,
      ready: prepared.get(channel.id)?.ready.length ?? 0,
    })),
    counts: { due: sum(counts.due), unseen: sum(counts.unseen) },
    chosen,
    total: only ? only.length : (counts[scope].get(chosen.id) ?? 0),
    problems,
    page: (query) => pageOfLines(snap, chosen.id, scope, query, only),
  };
}

/** All that the page shows of it. */
export async function dispatchOverview(
  ctx: Ctx,
  asked: ListQuery,
): Promise<Omit<OpenDispatch, 'page'> & { lines: LineRow[]; query: ListQuery }> {
  return snapshot(ctx, async (snap) => {
    const { page, ...open } = await openDispatch(snap, asked);
    const query = withinTotal(asked, open.total);
    return { ...open, query, lines: (await page(query)).map((line) => shownLine(snap, line)) };
  });
}

/** The recipient alone is shown; masked while the order is not uncovered. */
export function shownLine(snap: Snapshot, line: LineRow): LineRow & { masked: boolean } {
  const masked = !sees(snap, 'orders.personal', 'order', line.order_id);
  if (!masked) noteSeen(snap, 'order', line.order_id, `${line.recipient_name} ${line.recipient_phone}`);
  return { ...line, masked, recipient_name: masked ? maskName(line.recipient_name) : line.recipient_name };
}

async function countByChannel(
  snap: Snapshot,
  channels: readonly ChannelRow[],
): Promise<Record<DispatchScope, Map<number, number>>> {
  const rows: { channel_id: number; mall_report: 'due' | 'sent'; n: number }[] = await visibleLines(snap)
    .where({ 'order_lines.status': 'dispatched' })
    .whereIn('order_lines.mall_report', ['due', 'sent'])
    .whereIn(
      'order_lines.channel_id',
      channels.map(({ id }) => id),
    )
    .groupBy('order_lines.channel_id', 'order_lines.mall_report')
    .select('order_lines.channel_id', 'order_lines.mall_report')
    .count({ n: '*' });
  const due = new Map<number, number>();
  const unseen = new Map<number, number>();
  for (const row of rows) {
    const n = Number(row.n);
    unseen.set(row.channel_id, (unseen.get(row.channel_id) ?? 0) + n);
    if (row.mall_report === 'due') due.set(row.channel_id, n);
  }
  return { due, unseen };
}

function pageOfLines(
  snap: Snapshot,
  channelId: number,
  scope: DispatchScope,
  query: ListQuery,
  only: readonly number[] | undefined,
): Promise<LineRow[]> {
  const lines = dispatchLines(snap, channelId, scope);
  if (only) lines.whereIn('order_lines.id', only);
  return lines
    .select('order_lines.*')
    .orderBy([
      { column: 'order_lines.dispatched_at', order: query.dir },
      { column: 'order_lines.id', order: query.dir },
    ])
    .limit(query.size)
    .offset(offsetOf(query)) as unknown as Promise<LineRow[]>;
}

function sum(counts: ReadonlyMap<number, number>): number {
  return [...counts.values()].reduce((total, n) => total + n, 0);
}

export interface FileMade {
  id: number;
  channel_name: string;
  line_count: number;
  left_count: number;
  reason: string;
  made_by_name: string;
  made_at: Date;
}

export async function recentFiles(ctx: Ctx): Promise<FileMade[]> {
  return withinScope(ctx.db('dispatch_files'), ctx, 'dispatch_files.channel_id')
    .join('channels', 'channels.id', 'dispatch_files.channel_id')
    .select('dispatch_files.*', { channel_name: 'channels.name' })
    .orderBy('dispatch_files.id', 'desc')
    .limit(8);
}
