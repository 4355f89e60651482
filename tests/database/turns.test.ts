import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { openDb } from '#lib/db.ts';
import { isMigrated, migrate } from '#lib/migrate.ts';
import { testServers } from '../support/servers.ts';

test('processes that migrate at once take turns, and one that died in its turn keeps nobody waiting', async () => {
  const { databaseUrl } = await testServers();
  const name = `moa_turns_${process.pid}_${randomBytes(3).toString('hex')}`;
  const server = openDb(databaseUrl, { max: 1 });
  await server.raw('create database ?? character set utf8mb4 collate utf8mb4_unicode_ci', [name]);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  const db = openDb(url.href, { max: 3 });
  try {
    await Promise.all([migrate(url.href), migrate(url.href)]);
    assert.equal(await isMigrated(db), true);
    const [[{ n, names }]] = await db.raw(
      'select count(*) n, count(distinct name) names from knex_migrations',
    );
    assert.equal(n, names, 'no migration ran twice');

    // what a process leaves that is killed in its turn, with the schema half made
    const held = await holdTurn(db);
    await db('knex_migrations_lock').update({ is_locked: 1 });
    await db('knex_migrations').where('name', 'like', '%_30_%').delete();
    let isDone = false;
    const next = migrate(url.href).then(() => {
      isDone = true;
    });
    await waitingForTurn(db);
    assert.equal(isDone, false, 'it waits while the turn is taken');
    await server.raw('kill ?', [held.id]);
    await next;
    await held.turn.rollback().catch(() => {}); // gives the dead connection back to its pool
    assert.equal(await isMigrated(db), true);
  } finally {
    await db.destroy();
    await server.raw('drop database ??', [name]);
    await server.destroy();
  }
});

/** Locks the row of the turn on a connection of its own; `id` is the connection's. */
async function holdTurn(db: Knex): Promise<{ turn: Knex.Transaction; id: number }> {
  const turn = await db.transaction();
  turn.executionPromise?.catch(() => {});
  await turn.raw('select id from migration_turn where id = 1 for update');
  const [[{ id }]] = await turn.raw('select connection_id() id');
  return { turn, id };
}

async function waitingForTurn(db: Knex): Promise<void> {
  for (const giveUpAt = Date.now() + 10_000; ; await sleep(20)) {
    const [[{ n }]] = await db.raw(
      `select count(*) n from information_schema.processlist where db = database() and info like '%migration_turn%for update'`,
    );
    if (n > 0) return;
    if (Date.now() > giveUpAt) throw new Error('nobody waits for the turn');
  }
}
