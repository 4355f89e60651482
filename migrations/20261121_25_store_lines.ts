import type { Knex } from 'knex';

/** Our own stores have no mall that waits to be told what was sent. */
export async function up(knex: Knex): Promise<void> {
  const stores: number[] = await knex('channels').where({ layout: 'store' }).pluck('id');
  await knex('order_lines')
    .where({ mall_report: 'due' })
    .whereIn('channel_id', stores)
    .update({ mall_report: 'none' });
}

/** What was sent from a store cannot be told from the rest any more, and need not be. */
export async function down(): Promise<void> {}
