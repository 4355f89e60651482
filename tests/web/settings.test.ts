import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readConfig, settingsForChild } from '#lib/config.ts';
import { isSentinel, readRedisUrl } from '#lib/redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'moa-settings-'));
after(() => rmSync(folder, { recursive: true }));
const base = { DATABASE_URL: 'mysql://a@b/c', REDIS_URL: 'redis://r', MOA_SECRET: 'x'.repeat(32) };

function fileWith(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('a secret may stand in a file, with a line end behind it', () => {
  const { MOA_SECRET: _, ...rest } = base;
  const config = readConfig({ ...rest, MOA_SECRET_FILE: fileWith('secret', `${'s'.repeat(40)}\n`) });
  assert.equal(config.secret, 's'.repeat(40));
  assert.equal(
    readConfig({ ...base, DATABASE_URL: '', DATABASE_URL_FILE: fileWith('db', 'mysql://x@y/z\n') })
      .databaseUrl,
    'mysql://x@y/z',
  );
});

test('a file that is missing, empty, or beside the setting itself stops the start and is named', () => {
  const { MOA_SECRET: _, ...rest } = base;
  const missing = join(folder, 'none');
  assert.throws(() => readConfig({ ...rest, MOA_SECRET_FILE: missing }), {
    name: 'SettingError',
    message: `MOA_SECRET_FILE이 가리키는 파일(${missing})을 읽을 수 없습니다. (ENOENT)`,
  });
  assert.throws(
    () => readConfig({ ...rest, MOA_SECRET_FILE: fileWith('empty', '\n') }),
    /MOA_SECRET_FILE.*비어/,
  );
  assert.throws(
    () => readConfig({ ...base, MOA_SECRET_FILE: fileWith('both', 'y'.repeat(32)) }),
    /MOA_SECRET, MOA_SECRET_FILE 가운데 하나만/,
  );
  assert.throws(() => readConfig(rest), /MOA_SECRET 설정이 없습니다/);
});

test('sentinels, their master and the passwords come to one url, and back to what a connection needs', () => {
  const { REDIS_URL: _, ...rest } = base;
  const { redisUrl } = readConfig({
    ...rest,
    REDIS_SENTINELS: '10.0.1.5:26379, 10.0.2.5,[::1]:26380',
    REDIS_MASTER: 'Moa.1',
    REDIS_PASSWORD: 'p@:/?#% 가',
    REDIS_SENTINEL_PASSWORD_FILE: fileWith('sentinel', 'q&=+\n'),
    REDIS_DB: '2',
  });
  assert.ok(isSentinel(redisUrl));
  const { name, sentinels, password, sentinelPassword, db } = readRedisUrl(redisUrl);
  assert.deepEqual(
    { name, sentinels, password, sentinelPassword, db },
    {
      name: 'Moa.1',
      sentinels: [
        { host: '10.0.1.5', port: 26379 },
        { host: '10.0.2.5', port: 26379 },
        { host: '::1', port: 26380 },
      ],
      password: 'p@:/?#% 가',
      sentinelPassword: 'q&=+',
      db: 2,
    },
  );
});

test('settings of Redis that do not go together are told by name', () => {
  const { REDIS_URL: _, ...rest } = base;
  assert.throws(() => readConfig(rest), /REDIS_URL 설정이 없습니다/);
  assert.throws(() => readConfig({ ...rest, REDIS_SENTINELS: 'a:1' }), /REDIS_MASTER도 적어야/);
  assert.throws(() => readConfig({ ...base, REDIS_SENTINELS: 'a:1', REDIS_MASTER: 'moa' }), /하나만 적어야/);
  assert.throws(
    () => readConfig({ ...rest, REDIS_SENTINELS: 'a:x', REDIS_MASTER: 'moa' }),
    /REDIS_SENTINELS 값을/,
  );
});

test('a process that is started stands on the same servers with the same keys, wherever ours came from', () => {
  const env = {
    DATABASE_URL_FILE: fileWith('url', base.DATABASE_URL),
    MOA_SECRET_FILE: fileWith('key', base.MOA_SECRET),
    MOA_OLD_SECRETS: 'o'.repeat(32),
    REDIS_SENTINELS: 'a:1,b:2',
    REDIS_MASTER: 'moa',
    REDIS_PASSWORD: 'pass',
  };
  const config = readConfig(env);
  assert.deepEqual(readConfig({ ...env, ...settingsForChild(config) }), config);
});
