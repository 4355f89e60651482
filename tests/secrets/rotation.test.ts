import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import { recordAccess } from '#lib/access.ts';
import type { Config } from '#lib/config.ts';
import { SettingError } from '#lib/errors.ts';
import { demandKnownSecret, markInstallation } from '#lib/kept-keys.ts';
import { openRuntime } from '#lib/runtime.ts';
import { createVault, deriveKey } from '#lib/secrets.ts';
import { knownBrowser } from '../../src/accounts/known-browsers.ts';
import { enrol } from '../../src/accounts/second-factor/enrolling.ts';
import { proveSecondFactor } from '../../src/accounts/second-factor/factors.ts';
import { keptParts } from '../../src/channels/import-files.ts';
import { run } from '../../src/cli.ts';
import { type RunningWeb, startWeb } from '../../src/main.ts';
import { modules } from '../../src/modules.ts';
import { hashOf } from '../../src/personal/chain.rules.ts';
import { chainAccess } from '../../src/personal/chaining.ts';
import { verifyAccess } from '../../src/personal/verifying.ts';
import { type Client, createClient } from '../support/client.ts';
import { cast, castPassword, type Office, openOffice } from '../support/office.ts';

/** One morning on which the secret is replaced: each test is a step of docs/runbooks/secrets.md. */
let office: Office;
let former: Config;
let both: Config;
let present: Config;
const ctxOf = (config: Config) => ({
  ...office.ctx(),
  config,
  vault: createVault(config.secret, config.oldSecrets),
});

before(async () => {
  office = await openOffice();
  former = office.config;
  both = { ...former, secret: randomBytes(24).toString('hex'), oldSecrets: [former.secret] };
  present = { ...both, oldSecrets: [] };
  await markInstallation(office.ctx());
});
after(() => office[Symbol.asyncDispose]());

async function moa(config: Config, ...argv: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([text(stdout), text(stderr)]);
  const code = await run(argv, { config, stdin: Readable.from([]), stdout, stderr });
  stdout.end();
  stderr.end();
  const [out, err] = await said;
  return {
    code,
    err,
    ...(JSON.parse(out) as { old: number; unreadable: number; keys: string[]; seen: number }),
  };
}

/** The same browser, looking at another process. */
function movedTo(web: RunningWeb, client: Client): Client {
  const moved = createClient(web.url);
  for (const name of ['moa.sid', 'moa.remember', 'moa.browser']) {
    const value = client.cookie(name);
    if (value) moved.setCookie(name, value);
  }
  return moved;
}

const tokenIn = (page: string) => /name="_csrf" value="(\w+)"/.exec(page)![1]!;
const secret = Buffer.from('12345678901234567890');
const codeAt = (timestamp: number) =>
  new TOTP({ secret: Secret.fromHex(secret.toString('hex')) }).generate({ timestamp });
let codes: string[];
let importId: number;

test('a process that has both secrets goes on with sessions, open forms and remembered browsers of the old one', async () => {
  const client = office.stranger();
  await client.post('/sign-in', { login: cast.office.login, password: castPassword, remember: 'yes' });
  const openForm = tokenIn((await client.get('/account')).text);

  const web = await startWeb(both);
  try {
    const moved = movedTo(web, client);
    assert.equal((await moved.get('/account')).status, 200);
    assert.equal((await moved.post('/session/keep', { _csrf: openForm })).status < 400, true);

    const known = { ctx: ctxOf(both), headers: { cookie: `moa.browser=${client.cookie('moa.browser')}` } };
    assert.ok(knownBrowser(known as never, cast.office.id), 'its mark still counts');
    assert.ok(!knownBrowser({ ...known, ctx: ctxOf(present) } as never, cast.office.id));

    const restarted = movedTo(web, client);
    restarted.setCookie('moa.sid', '');
    assert.equal((await restarted.get('/account')).status, 200, 'remembered without a session');
  } finally {
    await web.close();
  }
});

test('what was sealed before is counted, sealed anew and open without the old secret', async () => {
  const ctx = office.ctx('office');
  const client = await office.as('office');
  await client.upload('/imports', [{ name: '주문.xlsx', content: '파일의 내용' }]);
  ({ id: importId } = await office.runtime.db('imports').orderBy('id', 'desc').first('id'));
  const code = codeAt(Date.now());
  codes = await enrol(ctx, cast.delivery.id, { secret, startedAt: new Date() }, code);
  await recordAccess(ctx, { kind: 'view', subjects: { type: 'order', ids: [1] }, people: 1, detail: '보기' });
  await chainAccess(office.ctx());

  const before = await moa(both, 'secrets');
  assert.equal(before.code, 0);
  assert.ok(before.old >= 3, JSON.stringify(before)); // file, factor, mark
  assert.deepEqual(
    before.keys,
    ['2단계 인증의 복구 코드', '접속기록의 사슬'].filter((key) => before.keys.includes(key)),
  );
  assert.equal(before.keys.length, 2);
  assert.match(before.err, /아직 이전 키가 필요합니다/);

  const done = await moa(both, 'secrets', 'reseal');
  assert.deepEqual([done.code, done.old, done.unreadable, done.keys], [0, 0, 0, []], done.err);
  assert.match(done.err, /import_files: 1건을 다시 봉했습니다/);
  assert.match(done.err, /MOA_OLD_SECRETS를 지워도 됩니다/);
  assert.equal((await moa(present, 'secrets')).unreadable, 0);

  const parts = await Array.fromAsync(keptParts(ctxOf(present), importId));
  assert.equal(Buffer.concat(parts).toString(), '파일의 내용');
});

test('a second factor and its codes on paper work when the old secret is gone', async () => {
  const ctx = ctxOf(present);
  const taken = await proveSecondFactor(ctx, cast.delivery.id, { kind: 'recovery', code: codes[0]! });
  assert.deepEqual(taken, { passed: true, codesLeft: 9 });
  const again = await proveSecondFactor(ctx, cast.delivery.id, { kind: 'recovery', code: codes[0]! });
  assert.equal(again.passed, false);
  const next = codeAt(Date.now() + 30_000);
  assert.equal((await proveSecondFactor(ctx, cast.delivery.id, { kind: 'app', code: next })).passed, true);
});

test('the chain of access records goes on, and whoever has only the old secret cannot write to it', async () => {
  const ctx = ctxOf(present);
  const holds = await verifyAccess(ctx);
  assert.deepEqual(holds.problems, []);
  assert.ok(holds.checked > 0, 'links of the old key were looked at');

  await recordAccess(ctx, { kind: 'view', subjects: { type: 'order', ids: [2] }, people: 1, detail: '보기' });
  await chainAccess(ctx);
  const { db } = office.runtime;
  const [link, before] = await db('access_chain').orderBy('seq', 'desc').limit(2);
  const record = await db('access_records').where({ id: link.record_id }).first();
  const key = (config: Config) => deriveKey(config.secret, 'access records');
  assert.deepEqual(link.hash, hashOf(key(present), before.hash, link.seq, record));
  assert.deepEqual((await verifyAccess(ctx)).problems, []);

  await db.raw('drop trigger access_chain_stay');
  await db('access_chain')
    .where({ seq: link.seq })
    .update({ hash: hashOf(key(former), before.hash, link.seq, record) });
  assert.match((await verifyAccess(ctx)).problems.join(), /내용이나 자리가 바뀌었습니다/);
  await db('access_chain').where({ seq: link.seq }).update({ hash: link.hash });
  assert.deepEqual((await verifyAccess(ctx)).problems, []);
});

test('a process with a secret that is not that of the database does not start, and says what to do', async () => {
  const { db } = office.runtime;
  const wrong = createVault('w'.repeat(32));
  await assert.rejects(demandKnownSecret(db, wrong), (error: Error) => {
    assert.ok(error instanceof SettingError);
    assert.match(error.message, /MOA_SECRET.*MOA_OLD_SECRETS/);
    return true;
  });
  await assert.rejects(openRuntime({ ...former, oldSecrets: [] }, 'test'), SettingError);
  await demandKnownSecret(db, createVault('w'.repeat(32), [present.secret]));
});

test('a value no known secret opens is told, not passed over', async () => {
  const { db } = office.runtime;
  await db('import_files')
    .where({ import_id: importId })
    .update({ sealed: randomBytes(60) });
  const { code, unreadable, err } = await moa(present, 'secrets');
  assert.deepEqual([code, unreadable], [1, 1]);
  assert.match(err, /어느 키로도 열리지 않는 값이 1건 있습니다: import_files/);
});

/** Bytes that are no values under the secret: hashes, and cells that are only packed. */
const notSealed = ['access_chain', 'access_starts', 'kept_cells.packed'];

test('every column with bytes in it is sealed by a module that says so, or is known to be something else', async () => {
  const columns: { table: string; column: string; type: string }[] = await office.runtime
    .db('information_schema.columns')
    .whereRaw('table_schema = database()')
    .whereIn('data_type', ['varbinary', 'blob', 'mediumblob', 'longblob', 'tinyblob'])
    .select({ table: 'table_name', column: 'column_name', type: 'data_type' });
  const said = new Set(
    modules.flatMap((module) => module.seals ?? []).map(({ table, column }) => `${table}.${column}`),
  );
  said.add('kept_keys.sealed');
  const inDatabase = columns.map(({ table, column }) => `${table}.${column}`);
  assert.deepEqual(
    [...said].filter((name) => !inDatabase.includes(name)),
    [],
  );
  assert.deepEqual(
    inDatabase.filter((name) => !said.has(name) && !notSealed.includes(name)),
    [],
    'name it in the `seals` of its module',
  );
});
