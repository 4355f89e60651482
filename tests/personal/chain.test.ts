import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { recordAccess } from '#lib/access.ts';
import { transaction } from '#lib/db.ts';
import { chainAccess } from '../../src/personal/chaining.ts';
import { accessCommand } from '../../src/personal/commands.ts';
import { verifyAccess } from '../../src/personal/verifying.ts';
import { type Office, openOffice } from '../support/office.ts';

let office: Office;
before(async () => {
  office = await openOffice();
});
after(() => office[Symbol.asyncDispose]());

const view = (n: number) =>
  ({ kind: 'view', subjects: { type: 'order', ids: [n, n + 1] }, people: 2, detail: `보기 ${n}` }) as const;

async function someRecords(n: number): Promise<void> {
  const ctx = office.ctx('office');
  for (let at = 0; at < n; at++) await recordAccess(ctx, view(at));
}

/** As somebody with the database in their hands would go about it: the triggers first. */
async function tamper(change: (db: Office['runtime']['db']) => Promise<unknown>): Promise<string[]> {
  const { db } = office.runtime;
  const triggers = await db('information_schema.triggers').whereRaw('trigger_schema = database()');
  await db.transaction(async (trx) => {
    for (const { TRIGGER_NAME } of triggers) await trx.raw('drop trigger ??', [TRIGGER_NAME]);
  });
  await change(db);
  const { problems } = await verifyAccess(office.ctx());
  return problems;
}

test('the database refuses to change or delete a record, its links and its hash', async () => {
  await someRecords(3);
  await chainAccess(office.ctx());
  const { db } = office.runtime;
  for (const table of ['access_records', 'access_subjects', 'access_chain']) {
    await assert.rejects(db(table).delete(), /stay as they are/, table);
    await assert.rejects(
      db(table).update(table === 'access_chain' ? { seq: 9 } : { subject_type: 'x' }),
      /stay/,
      table,
    );
  }
  await assert.doesNotReject(db('access_records').where({ id: 0 }).delete());
});

test('records of many requests and several workers at once become one chain that holds', async () => {
  const ctx = office.ctx('office');
  const chaining = office.ctx();
  await Promise.all([
    ...Array.from({ length: 40 }, (_, n) => recordAccess(ctx, view(n))),
    ...Array.from({ length: 4 }, () => chainAccess(chaining)),
  ]);
  const found = await verifyAccess(chaining);
  const records = await office.runtime.db('access_records').count({ n: '*' }).first();
  assert.deepEqual(found.problems, []);
  assert.equal(found.checked, Number(records?.n));
  assert.equal(found.seq, found.checked);
  assert.equal(found.locked, true);
});

test('what an act takes back is not recorded, and a record that commits late is chained all the same', async () => {
  const ctx = office.ctx('office');
  await assert.rejects(
    transaction(ctx, async (tx) => {
      await recordAccess(tx, { kind: 'change', people: 1, detail: '취소된 일' });
      throw new Error('no');
    }),
  );
  assert.equal((await office.runtime.db('access_records').where({ detail: '취소된 일' })).length, 0);

  let overtake = async () => {};
  await transaction(ctx, async (tx) => {
    await recordAccess(tx, { kind: 'change', people: 1, detail: '늦은 일' });
    overtake = () => recordAccess(ctx, view(77));
    await overtake();
    await chainAccess(office.ctx()); // the later number is chained first
  });
  assert.deepEqual((await verifyAccess(office.ctx())).problems, []);
});

test('a record that was changed, removed, inserted or put elsewhere is found and named', async () => {
  await someRecords(12);
  await chainAccess(office.ctx());
  const { db } = office.runtime;
  const ids: number[] = await db('access_records').orderBy('id', 'desc').limit(10).pluck('id');
  const [a, b, c, d, e] = ids as [number, number, number, number, number];

  const changed = await tamper((trx) =>
    trx('access_records').where({ id: a }).update({ actor_name: '아무개' }),
  );
  assert.equal(changed.length, 1);
  assert.match(changed[0]!, new RegExp(`기록 ${a}\\(.*아무개\\)의 내용이나 자리가 바뀌었습니다`));
  await db('access_records').where({ id: a }).update({ actor_name: '김하나' });

  const [kept] = await db('access_records').where({ id: b });
  const removed = await tamper((trx) => trx('access_records').where({ id: b }).delete());
  assert.match(removed.join(), new RegExp(`기록 ${b}이 지워졌습니다`));
  await db('access_records').insert(kept);

  const inserted = await tamper((trx) => trx('access_records').insert({ ...kept, id: 900_000 }));
  assert.match(inserted.join(), /기록 900000\(.*\)은 사슬에 없습니다/);
  await db('access_records').where({ id: 900_000 }).delete();

  const swapped = await tamper(async (trx) => {
    await trx('access_chain').where({ record_id: c }).update({ record_id: 800_000 });
    await trx('access_chain').where({ record_id: d }).update({ record_id: c });
    await trx('access_chain').where({ record_id: 800_000 }).update({ record_id: d });
  });
  assert.equal(swapped.filter((text) => /내용이나 자리가/.test(text)).length, 2);
  assert.match(swapped.join(), new RegExp(`기록 ${c}\\(`));
  await db('access_chain').where({ record_id: c }).update({ record_id: 800_000 });
  await db('access_chain').where({ record_id: d }).update({ record_id: c });
  await db('access_chain').where({ record_id: 800_000 }).update({ record_id: d });

  const unlinked = await tamper((trx) => trx('access_subjects').where({ record_id: e }).limit(1).delete());
  assert.match(unlinked.join(), /찾는 표가 기록과 1건 모자랍니다/);
  await db('access_subjects').insert(linksOf(await db('access_records').where({ id: e }).first()));
  assert.deepEqual((await verifyAccess(office.ctx())).problems, []);
});

function linksOf({ id, subjects }: { id: number; subjects: string }) {
  const [type, first] = subjects.split(',')[0]!.split(':');
  return { subject_type: type, subject_id: Number(first), record_id: id };
}

test('a chain whose end was cut off, or that was made anew without the key, is found', async () => {
  await someRecords(4);
  const { seq } = await verifyAccess(office.ctx());
  const cut = await tamper(async (trx) => {
    const last: { record_id: number }[] = await trx('access_chain').where('seq', '>', seq - 2);
    const ids = last.map((link) => link.record_id);
    await trx('access_chain').whereIn('record_id', ids).delete();
    await trx('access_subjects').whereIn('record_id', ids).delete();
    await trx('access_records').whereIn('id', ids).delete();
  });
  assert.match(cut.join(), /사슬 끝에서 2건이 잘렸습니다/);

  const forged = await tamper((trx) =>
    trx('access_chain')
      .where({ seq: seq - 3 })
      .update({ hash: Buffer.alloc(32, 7) }),
  );
  assert.match(forged.join(), new RegExp(`사슬 ${seq - 3}번`));

  const io = { stdout: [] as string[], stderr: [] as string[] };
  const write = (to: string[]) =>
    ({ write: (text: string) => to.push(text) }) as unknown as NodeJS.WritableStream;
  const code = await accessCommand(office.ctx(), ['verify'], {
    stdout: write(io.stdout),
    stderr: write(io.stderr),
  });
  assert.equal(code, 1);
  assert.match(io.stderr.join(''), /잘렸습니다/);
  assert.match(io.stderr.join(''), /트리거/);
  await assert.rejects(
    accessCommand(office.ctx(), ['mend'], { stdout: write([]), stderr: write([]) }),
    /verify/,
  );
});
