import type { Knex } from 'knex';
import type { Snapshot } from '#lib/batches.ts';
import { type Ctx, withinScope } from '#lib/ctx.ts';
import { day } from '#lib/dates.ts';
import type { DeliveryMethod, LineStatus } from './status.rules.ts';
import type { LineRow, Moment } from './tables.ts';

type Counted = Pick<LineRow, 'channel_id' | 'status' | 'method' | 'ordered_at'>;

interface CountRow {
  channel_id: number;
  day: string;
  status: LineStatus;
  method: DeliveryMethod;
  n: number;
}

/** Lines without an order time are counted on this day. */
export const dayOfNoTime = '1970-01-01';

/** Lines that appear or go: +1 and -1 for a channel, a day, a status and a method. */
export class CountChanges {
  #changes = new Map<string, CountRow>();

  add(line: Counted, n: 1 | -1): void {
    const row = {
      channel_id: line.channel_id,
      day: dayOf(line.ordered_at),
      status: line.status,
      method: line.method,
    };
    const key = keyOf(row);
    const known = this.#changes.get(key);
    if (known) known.n += n;
    else this.#changes.set(key, { ...row, n });
  }

  /** Writes the sums; with a batch id they count once the batch is shown. In one order, so that two never wait in a circle. */
  async save(tx: Ctx, batchId = 0): Promise<void> {
    const rows = [...this.#changes]
      .filter(([, row]) => row.n !== 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, row]) => ({ ...row, batch_id: batchId }));
    for (let at = 0; at < rows.length; at += 500) {
      await tx
        .db('line_counts')
        .insert(rows.slice(at, at + 500))
        .onConflict()
        .merge({ n: tx.db.raw('n + VALUES(n)') });
    }
  }
}

export interface CountFilter {
  channelId?: number;
  status?: LineStatus;
  method?: DeliveryMethod;
  /** Days of the order, both included. */
  from?: string;
  to?: string;
}

/** Lines per status. */
export async function countLinesByStatus(
  snap: Snapshot,
  filter: CountFilter,
): Promise<Map<LineStatus, number>> {
  const rows = (await counts(snap, filter).select('status').sum({ n: 'n' }).groupBy('status')) as {
    status: LineStatus;
    n: string;
  }[];
  return new Map(rows.map((row) => [row.status, Number(row.n)]));
}

/** Lines per day, earliest first; days without any are left out. */
export async function countLinesByDay(
  snap: Snapshot,
  filter: CountFilter,
): Promise<{ day: string; n: number }[]> {
  const rows = (await counts(snap, filter).select('day').sum({ n: 'n' }).groupBy('day').orderBy('day')) as {
    day: string;
    n: string;
  }[];
  return rows.map((row) => ({ day: row.day, n: Number(row.n) })).filter((row) => row.n !== 0);
}

function counts(snap: Snapshot, filter: CountFilter): Knex.QueryBuilder {
  const query = withinScope(snap.db('line_counts'), snap, 'channel_id');
  if (snap.window.unseen.length > 0) query.whereNotIn('batch_id', snap.window.unseen);
  if (filter.channelId) query.where({ channel_id: filter.channelId });
  if (filter.status) query.where({ status: filter.status });
  if (filter.method) query.where({ method: filter.method });
  if (filter.from) query.where('day', '>=', filter.from);
  if (filter.to) query.where('day', '<=', filter.to);
  return query;
}

/** Adds what a shown batch counted to the sums of the channel. */
export async function settleCounts(tx: Ctx, batchId: number): Promise<void> {
  await tx.db.raw(
    `INSERT INTO line_counts (channel_id, day, status, method, batch_id, n)
     SELECT added.channel_id, added.day, added.status, added.method, 0, added.n
     FROM line_counts added WHERE added.batch_id = ?
     ON DUPLICATE KEY UPDATE n = line_counts.n + VALUES(n)`,
    [batchId],
  );
  await revertCounts(tx, batchId);
}

export async function revertCounts(tx: Ctx, batchId: number): Promise<void> {
  await tx.db('line_counts').where({ batch_id: batchId }).delete();
}

function keyOf(row: Omit<CountRow, 'n'>): string {
  return `${String(row.channel_id).padStart(12, '0')} ${row.day} ${row.status} ${row.method}`;
}

function dayOf(moment: Moment): string {
  if (moment === null) return dayOfNoTime;
  return moment instanceof Date ? day(moment) : moment.slice(0, 10);
}
