import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readAccounts } from '../../bin/releases/accounts.ts';
import { openHome } from '../../bin/releases/home.ts';
import { supervisorOf } from '../../bin/releases/processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'moa-systemctl-'));
const path = process.env.PATH;
before(() => {
  process.env.PATH = `${folder}:${path}`;
});
after(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

/** Notes what it is asked, and answers as told. */
function systemctl(script: string): void {
  writeFileSync(join(folder, 'asked'), '');
  writeFileSync(join(folder, 'systemctl'), `#!/bin/sh\necho "$*" >> ${folder}/asked\n${script}\n`);
  chmodSync(join(folder, 'systemctl'), 0o755);
}
const asked = () => readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n');

const supervisor = supervisorOf(
  openHome({ MOA_HOME: folder, MOA_ENV_FILE: join(folder, 'none'), MOA_SUPERVISOR: 'systemd' }),
);
const units = 'moa-web@green-1.service moa-web@green-2.service moa-worker@green-1.service';

test('systemd starts the units of a slot, now and at boot, and ends them for both', async () => {
  systemctl('');
  await supervisor.start('green');
  await supervisor.stop('green');
  assert.deepEqual(asked(), [
    `reset-failed ${units}`,
    `enable --quiet ${units}`,
    `start --no-block ${units}`,
    `disable --quiet ${units}`,
    `stop ${units}`,
  ]);
});

test('what was started when there were to be more of them is ended as well', async () => {
  systemctl('');
  const sockets = join(folder, 'sockets/blue');
  mkdirSync(sockets, { recursive: true });
  for (const name of ['web-3.json', 'worker-1.json', 'web-x;y.json']) writeFileSync(join(sockets, name), '');
  await supervisor.stop('blue');
  assert.match(asked().at(-1)!, /^stop .*moa-worker@blue-1\.service moa-web@blue-3\.service$/);
});

test('a unit that is on its way up runs, one that failed does not', async () => {
  for (const [state, runs] of [
    ['active', true],
    ['activating', true],
    ['failed', false],
    ['inactive', false],
  ] as const) {
    systemctl(`echo ${state}`);
    assert.equal(await supervisor.isRunning('green', 'web-2'), runs, state);
    assert.deepEqual(asked(), ['show --property=ActiveState --value moa-web@green-2.service']);
  }
});

test('folders are given to the user of the units and the group of nginx', () => {
  const passwd = 'root:x:0:0::/root:/bin/sh\nmoab:x:7:7::/:/x\nmoa:x:991:990::/srv/moa:/usr/sbin/nologin\n';
  assert.deepEqual(readAccounts(passwd, 'www-data:x:33:moa\n'), { uid: 991, gid: 33 });
  assert.throws(
    () => readAccounts('root:x:0:0::/root:/bin/sh\n', 'www-data:x:33:\n'),
    /moa 사용자가 없습니다/,
  );
  const unit = readFileSync(join(import.meta.dirname, '../../deploy/systemd/moa-web@.service'), 'utf8');
  assert.match(unit, /^User=moa$/m);
});

test('what systemd refuses is told in its own words', async () => {
  systemctl('echo "Unit moa-web@green-1.service not found." >&2; exit 5');
  await assert.rejects(
    supervisor.start('green'),
    /systemctl enable[\s\S]*moa-web@green-1\.service not found/,
  );
  assert.match(supervisor.lastWords('green', 'worker-1'), /journalctl -u moa-worker@green-1\.service/);
});
