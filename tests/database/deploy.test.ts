import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../../bin/installed-programs.ts';

const deployed = (path: string) => fileURLToPath(new URL(`../../deploy/${path}`, import.meta.url));
const read = (path: string) => readFileSync(deployed(path), 'utf8');

test('the arbitrator and the nodes of the database know the same cluster and count the same times', () => {
  const node = read('mariadb/galera.cnf');
  const arbitrator = read('mariadb/garb.default');
  const times = (text: string) => text.match(/evs\.\w+=PT[\d.]+S/g)?.sort();
  assert.equal(times(node)?.length, 4);
  assert.deepEqual(times(arbitrator), times(node));
  assert.equal(
    /^GALERA_GROUP="(\w+)"/m.exec(arbitrator)?.[1],
    /^wsrep_cluster_name\s*=\s*(\w+)/m.exec(node)?.[1],
  );
});

test('the check calls the procedure that the accounts file makes and allows', () => {
  const users = read('mariadb/users.sql');
  const called = /CALL (\S+)\(\)/.exec(read('haproxy/check-galera'))?.[1];
  assert.ok(called);
  assert.match(users, new RegExp(`PROCEDURE ${called}\\(\\)`));
  assert.match(users, new RegExp(`GRANT EXECUTE ON PROCEDURE ${called} TO 'moa_check'`));
  execFileSync('sh', ['-n', deployed('haproxy/check-galera')]);
});

test('the account of the application may make the triggers that lock the access records', () => {
  assert.match(read('mariadb/users.sql'), /^GRANT ALL PRIVILEGES ON moa\.\* TO 'moa'/m);
  const node = read('mariadb/galera.cnf');
  assert.match(node, /^log_bin\s*=/m);
  assert.match(node, /^log_bin_trust_function_creators\s*=\s*ON$/m, 'beside a binary log they are refused');
});

const haproxy = findProgram('haproxy');
test('HAProxy takes its configuration', { skip: haproxy ? false : 'HAProxy is not installed' }, () => {
  const settings = Object.fromEntries(
    [...read('haproxy/haproxy.default').matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );
  assert.doesNotThrow(() =>
    execFileSync(haproxy!, ['-c', '-f', deployed('haproxy/haproxy.cfg')], {
      env: { PATH: process.env.PATH, ...settings },
      stdio: 'pipe',
    }),
  );
  assert.equal(settings.MOA_HAPROXY_USER, 'haproxy', 'not root, whose program the check would be');
  assert.throws(
    () =>
      execFileSync(haproxy!, ['-c', '-f', deployed('haproxy/haproxy.cfg')], {
        env: { PATH: process.env.PATH },
        stdio: 'pipe',
      }),
    'without the addresses it must not start',
  );
});
