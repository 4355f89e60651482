import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { findMariadb, findProgram, findRedis, hasKoreanFont } from '../../bin/installed-programs.ts';
import { advice, browserNeeds, serverNeeds } from '../../bin/system-packages.ts';
import { temporaryFolder } from './processes.ts';

function install(folder: string, name: string, says = ''): void {
  writeFileSync(join(folder, name), `#!/bin/sh\necho '${says}'\n`);
  chmodSync(join(folder, name), 0o755);
}

test('MariaDB counts from 10.11 on, with the programs that make a data folder', () => {
  for (const [version, expected] of [
    ['10.6.18', false],
    ['10.11.2', true],
    ['11.4.1', true],
    ['9.9.9', false],
  ] as const) {
    using folder = temporaryFolder();
    for (const name of ['mariadb-install-db', 'my_print_defaults']) install(folder.path, name);
    install(folder.path, 'mariadbd', `mariadbd  Ver ${version}-MariaDB for Linux on x86_64`);
    const found = findMariadb(folder.path);
    assert.equal(found?.server, expected ? join(folder.path, 'mariadbd') : undefined, version);
  }
});

test('Redis counts from 7 on', () => {
  using folder = temporaryFolder();
  install(folder.path, 'redis-server', 'Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64');
  assert.equal(findRedis(folder.path), undefined);
  install(folder.path, 'redis-server', 'Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64');
  assert.equal(findRedis(folder.path), join(folder.path, 'redis-server'));
});

test('programs are found on PATH and where servers usually are, and not elsewhere', () => {
  assert.ok(findProgram('sh', ''));
  assert.equal(findProgram('no-such-program', '/usr/bin:'), undefined);
});

test('a Korean font is known by its file, however deep', () => {
  using folder = temporaryFolder();
  assert.equal(hasKoreanFont([folder.path, join(folder.path, 'missing')]), false);
  mkdirSync(join(folder.path, 'opentype/noto'), { recursive: true });
  writeFileSync(join(folder.path, 'opentype/noto/NotoSansCJK-Regular.ttc'), '');
  assert.equal(hasKoreanFont([folder.path]), true);
});

test('what is missing is named, with the way to install it', () => {
  const text = advice([serverNeeds.mariadb, serverNeeds.redis, ...browserNeeds]);
  assert.match(text, /MariaDB 10\.11 이상, Redis 7 이상, Chromium, 한글 글꼴/);
  if (findProgram('apt-get'))
    assert.match(text, /sudo apt-get install mariadb-server-core mariadb-client-core/);
});
