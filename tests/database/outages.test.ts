import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { snapshot } from '#lib/batches.ts';
import { newMark, sweepMarks } from '#lib/commit-marks.ts';
import { type Ctx, systemActor } from '#lib/ctx.ts';
import { openDb, transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { createLog } from '#lib/log.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { type FlakyDatabase, flakyDatabase } from './flaky-database.ts';

let database: TestDatabase;
let flaky: FlakyDatabase;
let ctx: Ctx;

before(async () => {
  database = await openTestDatabase();
  flaky = await flakyDatabase(database.url);
  const db = openDb(flaky.url, { max: 4 });
  ctx = { db, actor: systemActor, now: () => new Date(), log: createLog('silent', 'test') } as Ctx;
  await db.raw('create table drawn (id int auto_increment primary key, who varchar(20) not null)');
});

after(async () => {
  await ctx.db.destroy();
  await flaky[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

let runs = 0;

function draw(who: string): Promise<number> {
  runs = 0;
  return transaction(ctx, async (tx) => {
    runs += 1;
    const [id] = await tx.db('drawn').insert({ who });
    return id!;
  });
}

async function drawnBy(who: string): Promise<number[]> {
  return database.db('drawn').where({ who }).pluck('id');
}

test('a commit that came through and whose answer was lost is not done again', async () => {
  flaky.breakAt('COMMIT', 'after');
  const id = await draw('lost answer');
  assert.deepEqual(await drawnBy('lost answer'), [id]);
  assert.equal(runs, 1, 'the work ran once');
});

test('a commit that never arrived is done again', async () => {
  flaky.breakAt('COMMIT', 'before');
  const id = await draw('lost commit');
  assert.deepEqual(await drawnBy('lost commit'), [id]);
  assert.equal(runs, 2, 'the work ran twice');
});

test('what is given back is what was committed, not what was rolled back after it', async () => {
  const fails = [{ code: 'ECONNRESET' }, { code: 'ER_LOCK_DEADLOCK' }]; // the first came through, late
  const fake = {
    raw: async () => (fails.length === 0 ? Promise.reject({ code: 'ER_DUP_ENTRY' }) : undefined),
    transaction: async (work: (trx: unknown) => Promise<unknown>) => {
      await work(fake);
      throw fails.shift();
    },
  };
  let run = 0;
  assert.equal(await transaction({ ...ctx, db: fake as never }, async () => ++run), 1);
});

test('work whose connection breaks half-way is rolled back and runs again', async () => {
  flaky.breakAt('half-way', 'after');
  const id = await draw('half-way');
  assert.deepEqual(await drawnBy('half-way'), [id]);
});

test('whoever comes while no server answers waits for the next one', async () => {
  const refusedBefore = flaky.refused();
  flaky.goAway(700);
  const [id, rows, seen] = await Promise.all([
    draw('patient'),
    ctx.db('drawn').where({ who: 'lost commit' }).pluck('who'),
    snapshot(ctx, (snap) => snap.db('drawn').where({ who: 'lost answer' }).pluck('who')),
  ]);
  assert.ok(flaky.refused() > refusedBefore, 'nobody was turned away: the database was never gone');
  assert.deepEqual(await drawnBy('patient'), [id]);
  assert.deepEqual(rows, ['lost commit']);
  assert.deepEqual(seen, ['lost answer']);
});

test('a read whose connection breaks is asked again, a single write is not', async () => {
  flaky.breakAt('select `who`', 'after');
  assert.deepEqual(await ctx.db('drawn').where({ who: 'patient' }).pluck('who'), ['patient']);

  flaky.breakAt('single write', 'after');
  await assert.rejects(async () => void (await ctx.db('drawn').insert({ who: 'single write' })));
  assert.equal((await drawnBy('single write')).length, 1, 'nobody knows whether it was done, and it was');
});

test('a refusal is final, and leaves no mark', async () => {
  const marks = await countMarks();
  await assert.rejects(
    transaction(ctx, async (tx) => {
      await tx.db('drawn').insert({ who: 'refused' });
      throw new Refusal('안 됩니다.');
    }),
    Refusal,
  );
  assert.deepEqual(await drawnBy('refused'), []);
  assert.equal(await countMarks(), marks);
});

test('what was used on the way is not read again', async () => {
  let reads = 0;
  flaky.breakAt('from `drawn`', 'before');
  await assert.rejects(
    snapshot(
      ctx,
      async (snap) => {
        reads += 1;
        return snap.db('drawn').pluck('id');
      },
      { used: true },
    ),
  );
  assert.equal(reads, 1);
});

test('marks of yesterday are swept, those of today stay', async () => {
  const dayMs = 24 * 3600 * 1000;
  const today = await countMarks();
  assert.ok(today > 0);
  const old = [1, 2, 3].map((minutes) => ({ id: newMark(Date.now() - dayMs - minutes * 60_000) }));
  await database.db('commit_marks').insert(old);
  await sweepMarks(ctx);
  assert.equal(await countMarks(), today);
});

async function countMarks(): Promise<number> {
  const row = await database.db('commit_marks').count({ n: '*' }).first();
  return Number(row?.n);
}
