import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Column, goneFrom, missingFrom } from '../../src/personal/register.rules.ts';
import { register, tablesWithoutPeople } from '../../src/personal/register.ts';
import { openTestDatabase } from '../support/database.ts';

test('every table of the database is in the register of personal data, with every column that may name a person', async () => {
  await using database = await openTestDatabase();
  const columns = (await database
    .db('information_schema.columns')
    .whereRaw('table_schema = database()')
    .whereNot('table_name', 'like', 'knex_%')
    .select({ table: 'table_name', column: 'column_name' })) as Column[];
  assert.ok(columns.length > 300, `only ${columns.length} columns`);

  assert.deepEqual(
    missingFrom(columns, register, tablesWithoutPeople),
    [],
    'put them into personal/register.ts',
  );
  assert.deepEqual(
    goneFrom(columns, register, tablesWithoutPeople),
    [],
    'personal/register.ts names what is gone',
  );
});

const order = {
  table: 'order_lines',
  title: '상품주문',
  whose: '고객',
  columns: ['recipient_name'],
  purpose: '배송',
  basis: '계약',
  clock: { words: '5년', from: 'ordered_at' },
} as const;
const column = (table: string, name: string): Column => ({ table, column: name });

test('a new table, a new column that may name a person, and a word for what is gone are all found', () => {
  const known = [column('order_lines', 'recipient_name'), column('order_lines', 'ordered_at')];
  assert.deepEqual(missingFrom(known, [order], {}), []);
  assert.deepEqual(missingFrom([...known, column('visits', 'id')], [order], {}), ['visits']);
  assert.deepEqual(missingFrom([...known, column('order_lines', 'recipient_phone3')], [order], {}), [
    'order_lines.recipient_phone3',
  ]);
  assert.deepEqual(missingFrom([...known, column('products', 'name')], [order], { products: [] }), [
    'products.name',
  ]);
  assert.deepEqual(missingFrom([...known, column('products', 'name')], [order], { products: ['name'] }), []);
  assert.deepEqual(missingFrom([...known, column('order_lines', 'held_by_name')], [order], {}), []);
  assert.deepEqual(goneFrom(known.slice(0, 1), [order], { products: [] }), [
    'order_lines.ordered_at',
    'products',
  ]);
});

test('each entry says why, on what ground and how long', () => {
  for (const { table, purpose, basis, clock } of register) {
    assert.ok(purpose.length > 3 && basis.length > 5 && clock.words.length > 1, table);
    if (clock.days !== undefined) assert.ok(clock.from, `${table}: days count from a column`);
  }
});
