import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importLines, someLines } from '../support/imports.ts';
import { openOffice } from '../support/office.ts';

interface Row {
  id: number;
  product: string;
  option: string;
}

async function anInbox() {
  const office = await openOffice();
  await importLines(office.ctx(), someLines(30));
  const { db } = office.runtime;
  const rows = (): Promise<Row[]> =>
    db('channel_options as entry')
      .join('options', 'options.id', 'entry.option_id')
      .join('products', 'products.id', 'options.product_id')
      .where({ 'options.is_new': 1, 'entry.is_addon': 0 })
      .orderBy('entry.id')
      .select('entry.id', { product: 'products.name' }, { option: 'options.name' });
  const client = await office.as('office');
  return { office, db, rows, client, [Symbol.asyncDispose]: () => office[Symbol.asyncDispose]() };
}

const naming = ({ id, product, option }: Row, names: { product?: string; option?: string } = {}) => ({
  only: id,
  [`seen_product_${id}`]: product,
  [`seen_option_${id}`]: option,
  [`product_${id}`]: names.product ?? product,
  [`option_${id}`]: names.option ?? option,
});

test('new options are counted in the menu and leave the inbox once they are named', async () => {
  await using inbox = await anInbox();
  const [first] = await inbox.rows();
  assert.match((await inbox.client.get('/products/new-options')).text, /nav-count/);

  const answer = await inbox.client.post('/products/new-options', naming(first!, { option: '퀸 특별판' }));
  assert.equal(answer.status, 303);
  assert.equal(
    (await inbox.rows()).some((row) => row.id === first!.id),
    false,
  );
  const event = await inbox.db('events').where({ name: 'option.renamed' }).first();
  assert.deepEqual(JSON.parse(event.data).after, '퀸 특별판');
});

test('a name is remembered: the same text never comes to the inbox again', async () => {
  await using inbox = await anInbox();
  for (const row of await inbox.rows()) await inbox.client.post('/products/new-options', naming(row));
  const named = (await inbox.db('options').where({ is_new: 0 })).length;
  await importLines(inbox.office.ctx(), someLines(30, '2026-11-14 09:00:00'));
  assert.equal((await inbox.db('options').where({ is_new: 0 })).length, named);
  assert.deepEqual(await inbox.rows(), []);
});

test('two clerks naming the same option: the second is told, and what they typed stays', async () => {
  await using inbox = await anInbox();
  const [row] = await inbox.rows();
  await inbox.client.post('/products/new-options', naming(row!, { product: '김하나의 이름' }));
  const late = await inbox.client.post('/products', naming(row!, { product: '늦은 이름' }));
  assert.equal(late.status, 409);
  assert.match(late.text, /김하나의 이름/);
  assert.match(late.text, /늦은 이름/);
});

test('an option named like another of the product becomes that one, with its orders', async () => {
  await using inbox = await anInbox();
  const rows = await inbox.rows();
  const one = rows.find((row) => rows.some((other) => other.product === row.product && other.id !== row.id))!;
  const other = rows.find((row) => row.product === one.product && row.id !== one.id)!;
  await inbox.client.post('/products/new-options', naming(one, { option: other.option }));

  const ids = await inbox
    .db('channel_options')
    .whereIn('id', [one.id, other.id])
    .distinct()
    .pluck('option_id');
  assert.equal(ids.length, 1);
});

test('a product cannot lose its name', async () => {
  await using inbox = await anInbox();
  const [row] = await inbox.rows();
  const answer = await inbox.client.post('/products/new-options', naming(row!, { product: '  ' }));
  assert.equal(answer.status, 422);
  assert.match(answer.text, /상품 이름을 입력해 주세요/);
});

test('the delivery team sees no products', async () => {
  await using office = await openOffice();
  const client = await office.as('delivery');
  assert.equal((await client.get('/products/new-options')).status, 403);
});
