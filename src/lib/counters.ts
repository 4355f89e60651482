import type { Ctx } from '#lib/ctx.ts';

/**
 * The next number of a series, without gaps: call it in the transaction of the act that uses the number, which
 * keeps others of the same series waiting until it ends.
 */
export async function nextNumber(tx: Ctx, series: string): Promise<number> {
  if (!tx.db.isTransaction)
    throw new Error(`a number of ${series} must be drawn in the transaction of its act`);
  await tx
    .db('counters')
    .insert({ name: series, value: 1 })
    .onConflict('name')
    .merge({ value: tx.db.raw('value + 1') });
  const row = await tx.db('counters').where({ name: series }).first('value');
  return row.value;
}
