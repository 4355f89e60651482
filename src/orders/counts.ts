import type { Snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { day } from '#lib/dates.ts';
import type { LineStatus } from './status.rules.ts';
import type { LineRow, Moment } from './tables.ts';

type Counted = Pick<LineRow, 'channel_id' | 'status' | 'ordered_at'>;

/** Lines that appear or go: +1 and -1 for a channel, a day and a status. */
export class CountChanges {
  #changes = new Map<string, { channel_id: number; day: string; status: LineStatus; n: number }>();

  add(line: Counted, n: 1 | -1): void {
    const row = { channel_id: line.channel_id, day: dayOf(line.ordered_at), status: line.status };
    const key = `${row.channel_id} ${row.day} ${row.status}`;
    const known = this.#changes.get(key);
    if (known) known.n += n;
    else this.#changes.set(key, { ...row, n });
  }

  /** Writes the sums; with a batch id they count once the batch is shown. */
  async save(tx: Ctx, batchId = 0): Promise<void> {
    const rows = [...this.#changes.values()]
      .filter((row) => row.n !== 0)
      .sort(
        (a, b) =>
          a.channel_id - b.channel_id || a.day.localeCompare(b.day) || a.status.localeCompare(b.status),
      );
    for (let at = 0; at < rows.length; at += 500) {
      await tx
        .db('line_counts')
        .insert(rows.slice(at, at + 500).map((row) => ({ ...row, batch_id: batchId })))
        .onConflict()
        .merge({ n: tx.db.raw('n + VALUES(n)') });
    }
  }
}

/** Lines per status over the days given (both inclusive). */
export async function countLinesByStatus(
  snap: Snapshot,
  filter: { channelId?: number; from?: string; to?: string },
): Promise<Map<LineStatus, number>> {
  const query = snap.db('line_counts').select('status').sum({ n: 'n' }).groupBy('status');
  if (snap.window.unseen.length > 0) query.whereNotIn('batch_id', snap.window.unseen);
  if (filter.channelId) query.where({ channel_id: filter.channelId });
  if (filter.from) query.where('day', '>=', filter.from);
  if (filter.to) query.where('day', '<=', filter.to);
  const rows = (await query) as unknown as { status: LineStatus; n: string | number }[];
  return new Map(rows.map((row) => [row.status, Number(row.n)]));
}

/** Adds what a shown batch counted to the sums of the channel. */
export async function settleCounts(tx: Ctx, batchId: number): Promise<void> {
  await tx.db.raw(
    `INSERT INTO line_counts (channel_id, day, status, batch_id, n)
     SELECT added.channel_id, added.day, added.status, 0, added.n FROM line_counts added WHERE added.batch_id = ?
     ON DUPLICATE KEY UPDATE n = line_counts.n + VALUES(n)`,
    [batchId],
  );
  await revertCounts(tx, batchId);
}

export async function revertCounts(tx: Ctx, batchId: number): Promise<void> {
  await tx.db('line_counts').where({ batch_id: batchId }).delete();
}

/** Lines without an order time are counted on the first day there is. */
function dayOf(moment: Moment): string {
  if (moment === null) return '1970-01-01';
  return moment instanceof Date ? day(moment) : moment.slice(0, 10);
}
