import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { recordAccess } from '#lib/access.ts';
import type { Ctx } from '#lib/ctx.ts';
import { chainAccess } from '../../src/personal/chaining.ts';
import { destroyOldAccess } from '../../src/personal/destroying.ts';
import { accessKeptDays } from '../../src/personal/kept-days.ts';
import { verifyAccess } from '../../src/personal/verifying.ts';
import { type Office, openOffice } from '../support/office.ts';

let office: Office;
before(async () => {
  office = await openOffice();
});
after(() => office[Symbol.asyncDispose]());

const dayMs = 24 * 3600 * 1000;
const count = async (table: string) =>
  Number((await office.runtime.db(table).count({ n: '*' }).first())?.n ?? 0);
const verified = async () => (await verifyAccess(office.ctx())).problems;

/** The context of somebody so many days ago. */
function ago(days: number): Ctx {
  const at = Date.now() - days * dayMs;
  return { ...office.ctx('office'), now: () => new Date(at) };
}

async function looked(days: number, times: number): Promise<void> {
  for (let n = 1; n <= times; n++)
    await recordAccess(ago(days), { kind: 'view', subjects: { type: 'order', ids: [n, n + 1] }, people: 2 });
  await chainAccess(office.ctx());
}

test('records of two years ago are destroyed from the beginning, and the rest is verified from the kept hash', async () => {
  await looked(accessKeptDays + 30, 4);
  await looked(accessKeptDays - 1, 1);
  await looked(accessKeptDays + 10, 2); // chained late: it goes with the one before it
  await looked(0, 3);
  assert.deepEqual(await verified(), []);

  assert.equal(await destroyOldAccess(ago(60)), 0, 'their time was not over yet');
  assert.equal(await destroyOldAccess(office.ctx()), 4);
  assert.deepEqual([await count('access_records'), await count('access_subjects')], [6, 12]);
  assert.equal(await destroyOldAccess(office.ctx()), 0, 'done once');
  const found = await verifyAccess(office.ctx());
  assert.deepEqual([found.problems, found.checked, found.seq, found.locked], [[], 6, 10, true]);

  await looked(0, 1);
  const grown = await verifyAccess(office.ctx());
  assert.deepEqual([grown.problems, grown.seq], [[], 11]);
  const [event] = await office.runtime.db('events').where({ name: 'access.destroyed' });
  assert.equal(JSON.parse(event.data).records, 4);
  const page = (await (await office.as('admin')).get('/access-records')).text;
  assert.match(page, /2년이 지난 기록은 지웁니다/);
  assert.match(page, /마지막 확인 [\d: -]+: 7건, 이상 없음/);
});

test('where all was destroyed the chain goes on from its kept end', async () => {
  await using other = await openOffice();
  const long = Date.now() - (accessKeptDays + 5) * dayMs;
  const then = { ...other.ctx('office'), now: () => new Date(long) };
  await recordAccess(then, { kind: 'view', people: 1 });
  await chainAccess(other.ctx());
  await verifyAccess(other.ctx());
  assert.equal(await destroyOldAccess(other.ctx()), 1);
  await recordAccess(other.ctx('office'), { kind: 'view', people: 1 });
  const found = await verifyAccess(other.ctx());
  assert.deepEqual([found.problems, found.seq, found.checked], [[], 2, 1]);
});

test('the database gives up nothing younger than two years, and no beginning of the chain', async () => {
  const { db } = office.runtime;
  await assert.rejects(db('access_starts').delete(), /stay as they are/);
  await assert.rejects(db('access_starts').update({ seq: 9 }), /stay as they are/);
  const nextCentury = { ...office.ctx(), now: () => new Date(Date.now() + 3 * 365 * dayMs) };
  const before = await count('access_records');
  await assert.rejects(destroyOldAccess(nextCentury), /stay as they are/, 'a clock that runs ahead');
  assert.equal(await count('access_records'), before);
  assert.deepEqual(await verified(), []);
});

test('a beginning that was cut off by somebody else, or put in again, is found', async () => {
  const { db } = office.runtime;
  await looked(0, 3);
  const triggers: string[] = await db('information_schema.triggers')
    .whereRaw('trigger_schema = database()')
    .pluck('TRIGGER_NAME');
  for (const name of triggers) await db.raw('drop trigger ??', [name]);

  const [first, second] = await db('access_chain').orderBy('seq');
  const gone = await db('access_records').where({ id: first.record_id });
  const links = await db('access_subjects').where({ record_id: first.record_id });
  const [start] = await db('access_starts').orderBy('seq', 'desc');
  const cut = async () => {
    await db('access_records').where({ id: first.record_id }).delete();
    await db('access_subjects').where({ record_id: first.record_id }).delete();
    await db('access_chain').where({ seq: first.seq }).delete();
  };
  await cut();
  assert.match((await verified()).join(), /사슬에서 \d+번부터 1건이 빠졌습니다/);
  await db('access_starts').insert({ ...start, seq: first.seq, hash: first.hash });
  assert.match((await verified()).join(), /사슬의 시작\(\d+번\)이 우리가 적은 것이 아닙니다/);
  await db('access_starts').where({ seq: first.seq }).delete();
  await db('access_records').insert(gone);
  await db('access_subjects').insert(links);
  await db('access_chain').insert(first);
  assert.deepEqual(await verified(), []);

  await db('access_records').insert({ ...gone[0], id: 900_000, subjects: '' });
  await db('access_chain').insert({ seq: 1, record_id: 900_000, hash: second.hash });
  assert.match((await verified()).join(), /파기한 자리\(4번까지\)에 기록이 1건 있습니다/);
  await db('access_chain').where({ seq: 1 }).delete();
  await db('access_records').where({ id: 900_000 }).delete();
});

test('tables that were emptied at one stroke, which no trigger hears, are missed', async () => {
  const { db } = office.runtime;
  await looked(0, 2);
  await verifyAccess(office.ctx());
  await recordAccess(office.ctx('office'), { kind: 'view', people: 1 });
  await db.raw('truncate table access_records');
  const deleted = await verified();
  assert.match(deleted.join(), /기록 \d+이 지워졌습니다/);
  assert.match(deleted.join(), /기록 \d+이 사슬에 들어가기 전에 지워졌습니다/);
  assert.ok(deleted.length > 5, `${deleted.length}`);

  for (const table of ['access_subjects', 'access_chain', 'access_waiting'])
    await db.raw(`truncate table ${table}`);
  assert.match((await verified()).join(), /사슬 끝에서 \d+건이 잘렸습니다/);
  await looked(0, 30);
  const regrown = await verified();
  assert.match(regrown.join(), /다릅니다|잘렸습니다/, 'and a new chain does not hide it');
});
