import type { Snapshot } from '#lib/batches.ts';
import { type Ctx, may } from '#lib/ctx.ts';
import { type Tally, tabOf } from './filter.rules.ts';
import type { DeliveryRow } from './tables.ts';

type Counted = Pick<DeliveryRow, 'state' | 'sido' | 'sigungu'>;

/** Deliveries that appear, go, or come under another tab or district: +1 and -1 for each. */
export class CountChanges {
  #changes = new Map<string, Tally>();

  add({ state, sido, sigungu }: Counted, n: 1 | -1): void {
    const tally = { tab: tabOf(state), sido, sigungu };
    const key = Object.values(tally).join('\n');
    const known = this.#changes.get(key);
    if (known) known.n += n;
    else this.#changes.set(key, { ...tally, n });
  }

  move(before: Counted, after: Counted): void {
    this.add(before, -1);
    this.add(after, 1);
  }

  /** Writes the sums; with a batch id they count once the batch is shown. In one order, so that two never wait in a circle. */
  async save(tx: Ctx, batchId = 0): Promise<void> {
    const rows = [...this.#changes]
      .filter(([, tally]) => tally.n !== 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, tally]) => ({ ...tally, batch_id: batchId }));
    for (let at = 0; at < rows.length; at += 500) {
      await tx
        .db('delivery_counts')
        .insert(rows.slice(at, at + 500))
        .onConflict()
        .merge({ n: tx.db.raw('n + VALUES(n)') });
    }
  }
}

/** All deliveries of all channels by tab and district, for those who work with all of them. */
export async function listTallies(snap: Snapshot): Promise<Tally[]> {
  if (!may(snap, 'deliveries.view') || snap.actor.scope !== 'all') return [];
  const query = snap.db('delivery_counts');
  if (snap.window.unseen.length > 0) query.whereNotIn('batch_id', snap.window.unseen);
  const rows = (await query
    .select('tab', 'sido', 'sigungu')
    .sum({ n: 'n' })
    .groupBy('tab', 'sido', 'sigungu')) as unknown as (Omit<Tally, 'n'> & { n: string })[];
  return rows.map((row) => ({ ...row, n: Number(row.n) })).filter((row) => row.n !== 0);
}

/** Adds what a shown batch counted to the sums. */
export async function settleCounts(tx: Ctx, batchId: number): Promise<void> {
  await tx.db.raw(
    `INSERT INTO delivery_counts (tab, sido, sigungu, batch_id, n)
     SELECT added.tab, added.sido, added.sigungu, 0, added.n
     FROM delivery_counts added WHERE added.batch_id = ?
     ON DUPLICATE KEY UPDATE n = delivery_counts.n + VALUES(n)`,
    [batchId],
  );
  await revertCounts(tx, batchId);
}

export async function revertCounts(tx: Ctx, batchId: number): Promise<void> {
  await tx.db('delivery_counts').where({ batch_id: batchId }).delete();
}
