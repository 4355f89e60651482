import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { actorOf, closeReleaseCheck, openReleaseCheck } from '#accounts';
import { day } from '#lib/dates.ts';
import { readListQuery } from '#lib/lists.ts';
import { walk } from '../../bin/releases/smoke-walk.ts';
import { ask } from '../../bin/releases/socket-client.ts';
import { smartStoreLines } from '../../seeds/smartstore-file.ts';
import { authenticate } from '../../src/accounts/signing-in.ts';
import { accountFromStrangers } from '../../src/accounts/throttling.rules.ts';
import { TooSoon } from '../../src/accounts/throttling.ts';
import { deliveryList, filterOf } from '../../src/deliveries/filter.rules.ts';
import { printDeliveries } from '../../src/deliveries/printing.ts';
import { modules } from '../../src/modules.ts';
import { prepare } from '../../src/prepare.ts';
import { importLines } from '../support/imports.ts';
import { type Office, openOffice } from '../support/office.ts';

const folder = mkdtempSync(join(tmpdir(), 'moa-walk-'));
const socket = join(folder, 'web.sock');
let office: Office;
const opening = openOffice({ settings: { LISTEN: socket, TRUST_PROXY: '1', COOKIE_SECURE: 'true' } }).then(
  (opened) => {
    office = opened;
  },
);
after(async () => {
  await office[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

test('the walk goes through sign-in, lists and a print-out behind TLS', async () => {
  await opening;
  const ctx = office.ctx();
  await importLines(ctx, smartStoreLines({ orders: 30, seed: 1 }));
  await printDeliveries(ctx, filterOf(readListQuery({}, deliveryList, day(ctx.now()))));
  const walker = await openReleaseCheck(ctx, ctx.permissions!);
  assert.deepEqual(await walk(socket, walker, { cookieSecure: true }), { print: true });
});

test('whoever walks may look at masked lists, and nothing else', async () => {
  await opening;
  const user = await office.runtime.db('users').where({ login: 'release-check' }).first();
  const { permissions } = await actorOf(office.ctx(), user, modules);
  assert.deepEqual([...permissions].sort(), ['deliveries.print', 'deliveries.view', 'orders.view']);

  const role = await office.runtime.db('roles').where({ code: 'release-check' }).first();
  const given = { role_id: role.id, permission: 'users.manage', granted: 1 };
  await office.runtime.db('role_permissions').insert(given).onConflict().merge();
  await openReleaseCheck(office.ctx(), office.ctx().permissions!);
  const after = await actorOf(office.ctx(), user, modules);
  assert.ok(!after.permissions.has('users.manage'), 'what it was given meanwhile is gone');
});

test('neither guesses of strangers nor rules for signing in stop a release', async () => {
  await opening;
  const { login } = await openReleaseCheck(office.ctx(), office.ctx().permissions!);
  const guess = (n: number) =>
    authenticate(office.ctx(), login, 'a guess', { address: `203.0.113.${n}`, browserOf: () => undefined });
  for (let n = 0; n <= accountFromStrangers.free; n++) await guess(n);
  await assert.rejects(guess(99), TooSoon);
  const rule = { role: login, second_factor: 'always', places: 'listed', updated_at: new Date() };
  await office.runtime.db('sign_in_rules').insert(rule);

  const walker = await openReleaseCheck(office.ctx(), office.ctx().permissions!);
  await walk(socket, walker, { cookieSecure: true });
});

test('afterwards nobody comes in by it', async () => {
  await opening;
  const walker = await openReleaseCheck(office.ctx(), office.ctx().permissions!);
  await closeReleaseCheck(office.ctx());
  await assert.rejects(walk(socket, walker, { cookieSecure: true }), /sign-in에 보낸 폼의 답이 409/);
  const user = await office.runtime.db('users').where({ login: 'release-check' }).first();
  assert.ok(user.disabled_at);
});

test('a page that is broken is told by its address', async () => {
  await opening;
  await office.runtime.db.raw('RENAME TABLE print_runs TO print_runs_away');
  try {
    const walker = await openReleaseCheck(office.ctx(), office.ctx().permissions!);
    await assert.rejects(walk(socket, walker, { cookieSecure: true }), /\/deliveries\/prints의 답이 .* 500/);
  } finally {
    await office.runtime.db.raw('RENAME TABLE print_runs_away TO print_runs');
  }
});

test('a name that somebody else bears is not taken', async () => {
  await opening;
  await office.runtime.db('users').where({ login: 'release-check' }).update({ role: 'office' });
  await assert.rejects(
    openReleaseCheck(office.ctx(), office.ctx().permissions!),
    /다른 사람이 쓰고 있습니다/,
  );
  assert.equal((await ask(socket, '/healthz')).status, 200);
});

test('an older release does its work, and prepares the database, beside the migrations of a newer one', async () => {
  await opening;
  const { db } = office.runtime;
  const [own] = await db('knex_migrations').orderBy('id', 'desc').limit(1);
  await db('knex_migrations').insert({ name: '20991231_99_later.ts', batch: 99, migration_time: new Date() });
  assert.equal((await ask(socket, '/readyz')).status, 200);

  await db('knex_migrations').where({ id: own.id }).delete();
  assert.equal((await ask(socket, '/readyz')).status, 503);
  await prepare(office.config);
  assert.equal((await ask(socket, '/readyz')).status, 200);
});
