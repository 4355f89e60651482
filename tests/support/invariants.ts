import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { day } from '#lib/dates.ts';
import { type BundleLine, summarise } from '../../src/deliveries/bundling.rules.ts';
import type { LineRow } from '../../src/orders/tables.ts';

/** What must hold whenever no import is at work. Throws naming the first thing that does not. */
export async function assertInvariants(db: Knex): Promise<void> {
  const lines: LineRow[] = await db('order_lines');
  assert.deepEqual(
    lines.filter((line) => line.overlay_of || line.hidden_batch_id).map((line) => line.line_no),
    [],
    'every line is settled',
  );

  const open = await db('change_batches').whereNotIn('state', ['done', 'aborted']);
  assert.deepEqual(open, [], 'no batch is left open');

  await assertCounts(db, lines);
  await assertDeliveries(db, lines);
  await assertDeliveryCounts(db);
}

async function assertCounts(db: Knex, lines: readonly LineRow[]): Promise<void> {
  const counted = new Map<string, number>();
  for (const line of lines) {
    const key = `${day((line.ordered_at as Date | null) ?? new Date(0))} ${line.status} ${line.method}`;
    counted.set(key, (counted.get(key) ?? 0) + 1);
  }
  const kept: { day: string; status: string; method: string; n: string }[] = await db('line_counts')
    .select('day', 'status', 'method')
    .sum({ n: 'n' })
    .groupBy('day', 'status', 'method');
  const stored = new Map(
    kept
      .map((row) => [`${row.day} ${row.status} ${row.method}`, Number(row.n)] as const)
      .filter(([, n]) => n !== 0),
  );
  assert.deepEqual([...stored].sort(), [...counted].sort(), 'the counts of the tabs agree with the lines');
}

async function assertDeliveries(db: Knex, lines: readonly LineRow[]): Promise<void> {
  const direct = lines.filter((line) => line.method === 'direct');
  assert.deepEqual(
    direct.filter((line) => line.delivery_id === null).map((line) => line.line_no),
    [],
    'every direct line has a delivery',
  );
  assert.deepEqual(
    lines.filter((line) => line.method !== 'direct' && line.delivery_id !== null).map((line) => line.line_no),
    [],
    'no other line has one',
  );

  const deliveries = await db('deliveries');
  const byDelivery = Map.groupBy(direct, (line) => line.delivery_id);
  assert.deepEqual(
    deliveries.map((row) => row.id).filter((id) => !byDelivery.has(id)),
    [],
    'no delivery is empty',
  );
  assert.equal(deliveries.length, byDelivery.size, 'every line’s delivery is there');
  for (const row of deliveries) {
    const summary = summarise(byDelivery.get(row.id) as BundleLine[]);
    for (const field of [
      'state',
      'line_count',
      'live_count',
      'added_count',
      'returned_count',
      'cancelled_count',
      'recipient_name',
      'address',
      'ordered_on',
      'memo',
    ] as const) {
      assert.equal(row[field], summary[field], `${field} of delivery ${row.id} agrees with its lines`);
    }
  }
}

async function assertDeliveryCounts(db: Knex): Promise<void> {
  const key = ['tab', 'sido', 'sigungu'];
  const counted = await db('deliveries').select(key).count({ n: '*' }).groupBy(key).orderBy(key);
  const kept = await db('delivery_counts')
    .select([...key, 'batch_id', 'n'])
    .where('n', '<>', 0)
    .orderBy(key);
  assert.deepEqual(
    kept,
    counted.map((row) => ({ ...row, batch_id: 0 })),
    'the kept counts of deliveries agree with the deliveries',
  );
}

/** Everything an import may change, for comparing before and after; without ids that differ from run to run. */
export async function contentOf(db: Knex): Promise<unknown> {
  const lines = await db('order_lines').orderBy('line_no');
  const deliveries = await db('deliveries').orderBy('bundle_key');
  const options = await db('channel_options').orderBy('text_hash').select('product_no', 'option_text');
  const strip = ({
    id,
    batch_id,
    created_at,
    updated_at,
    revision,
    delivery_id,
    source_import_id,
    ...rest
  }: Record<string, unknown>) => rest;
  const counts = await db('line_counts')
    .select('day', 'status', 'method', 'n')
    .where('n', '<>', 0)
    .orderBy(['day', 'status', 'method']);
  return { lines: lines.map(strip), deliveries: deliveries.map(strip), options, counts };
}
