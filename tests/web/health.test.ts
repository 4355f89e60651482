import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openOffice } from '../support/office.ts';

test('the process is alive, and ready when database, Redis and migrations are', async () => {
  await using office = await openOffice();
  const client = office.stranger();
  const alive = await client.get('/healthz');
  assert.equal(alive.status, 200);
  assert.deepEqual(JSON.parse(alive.text), { ok: true });
  const ready = await client.get('/readyz');
  assert.equal(ready.status, 200);
  assert.deepEqual(JSON.parse(ready.text), { ok: true, database: 'ok', redis: 'ok', migrations: 'ok' });
  assert.deepEqual(ready.headers.getSetCookie(), []);
});

test('a migration that waits makes it not ready, and is named', async () => {
  await using office = await openOffice();
  const { db } = office.runtime;
  await db('knex_migrations').orderBy('id', 'desc').limit(1).del();
  const { status, text } = await office.stranger().get('/readyz');
  assert.equal(status, 503);
  assert.deepEqual(JSON.parse(text), { ok: false, database: 'ok', redis: 'ok', migrations: 'failed' });
});
