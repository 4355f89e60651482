import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { io } from 'socket.io-client';
import type { AppModule } from '#lib/module.ts';
import { accounts } from '../../src/accounts/module.ts';
import { openOffice } from '../support/office.ts';

const folder = mkdtempSync(join(tmpdir(), 'moa-sockets-'));
after(() => rmSync(folder, { recursive: true }));

function sendTo(slot: string): void {
  symlinkSync(slot, join(folder, 'next'));
  renameSync(join(folder, 'next'), join(folder, 'live'));
}

const watching: AppModule = {
  name: 'test',
  permissions: [{ code: 'imports.view', name: '가져오기 보기', roles: ['office'] }],
  watchables: [{ key: 'importId', mayWatch: async () => true }],
  jobs: [{ name: 'read', run: async () => {} }],
};

test('a slot that stands aside lets its sockets go so that they come back, and hear what is said then', async () => {
  sendTo('blue');
  await using office = await openOffice({
    modules: [accounts, watching],
    settings: { MOA_SLOT: 'blue', MOA_SOCKETS: folder, MOA_INSTANCE: 'web-1' },
  });
  const client = await office.as('office');
  const socket = io(office.url, {
    transports: ['websocket'],
    forceNew: true,
    extraHeaders: { cookie: `moa.sid=${client.cookie('moa.sid')}` },
  });
  try {
    socket.on('connect', () => socket.emit('watch', { importId: 7 }));
    await new Promise((resolve) => socket.once('connect', () => resolve(undefined)));

    const gone = new Promise<string>((resolve) => socket.once('disconnect', resolve));
    sendTo('green');
    assert.equal(await gone, 'transport close', 'after any other word a client stays away');
    assert.ok(socket.active, 'it is going to come back');

    const back = new Promise((resolve) => socket.once('connect', () => resolve(undefined)));
    sendTo('blue');
    await back;
    let finished: unknown;
    socket.once('finished', (told) => {
      finished = told;
    });
    for (let n = 0; n < 20 && !finished; n++) {
      await office.runtime.jobs.add('read', { importId: 7 }); // until its wish to watch has arrived
      await office.runJobs();
    }
    assert.deepEqual(finished, { importId: 7 });
  } finally {
    socket.close();
  }
});
