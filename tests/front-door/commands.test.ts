import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { projectFolder } from '../../bin/folders.ts';
import { freePort } from '../../bin/web-address.ts';
import { openTestDatabase } from '../support/database.ts';
import { testServers } from '../support/servers.ts';
import { isAlive, runCommand, startCommand, temporaryFolder } from './processes.ts';

const command = (name: string) => join(projectFolder, 'bin', name);

test('bin/start serves, and Ctrl-C leaves nothing running', async () => {
  using data = temporaryFolder();
  const port = await freePort(0, '127.0.0.1');
  const env = { MOA_DATA: data.path };
  const start = startCommand(command('start'), ['--no-demo', '--port', String(port)], { env });
  await start.says('Moa가 준비되었습니다');
  assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200);

  const servers = ['mariadb', 'redis'].map((name) =>
    Number(readFileSync(join(data.path, name, 'server.pid'), 'utf8')),
  );
  assert.ok(servers.every(isAlive));
  start.child.kill('SIGINT');
  const { code, stdout } = await start.ended;
  assert.equal(code, 130);
  assert.match(stdout, new RegExp(`http://127\\.0\\.0\\.1:${port}`));
  assert.doesNotMatch(stdout, /시연 계정/);
  assert.match(stdout, new RegExp(`http://127\\.0\\.0\\.1:${port}/first-admin/[\\w-]{43}\n`));
  await assert.rejects(fetch(`http://127.0.0.1:${port}/readyz`));
  assert.deepEqual(
    readdirSync(join(data.path, 'mariadb')).filter((name) => name.startsWith('server.')),
    ['server.log'],
  );
  assert.equal(statSync(join(data.path, 'secret')).mode & 0o777, 0o600);
});

test('bin/moa uses the servers that DATABASE_URL and REDIS_URL name, and starts none', async () => {
  using data = temporaryFolder();
  await using database = await openTestDatabase();
  const env = { MOA_DATA: data.path, DATABASE_URL: database.url, REDIS_URL: (await testServers()).redisUrl };
  const classify = startCommand(command('moa'), ['classify'], { env, cwd: '/' });
  classify.child.stdin!.end('6236\n');
  const { code, stdout, stderr } = await classify.ended;
  assert.equal(stdout, 'input,status,postcode,sido,sigungu\n6236,restored,06236,서울특별시,강남구\n', stderr);
  assert.equal(code, 0);
  assert.ok(!existsSync(join(data.path, 'mariadb')));
  assert.ok(!existsSync(join(data.path, 'redis')));
});

test('help needs no server', async () => {
  using data = temporaryFolder();
  for (const [name, args] of [
    ['moa', ['help']],
    ['start', ['--help']],
    ['test', ['--help']],
  ] as const) {
    const { code, stdout, stderr } = await runCommand(command(name), [...args], {
      env: { MOA_DATA: data.path },
    });
    assert.equal(code, 0);
    assert.match(stdout + stderr, new RegExp(`bin/${name}`));
  }
  assert.ok(!existsSync(join(data.path, 'redis', 'server.log')));
});

test('what cannot be started is refused with a sentence, not a stack', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const port = String((taken.address() as AddressInfo).port);
  using data = temporaryFolder();
  const refusals: [args: string[], env: NodeJS.ProcessEnv, sentence: RegExp][] = [
    [['--port', port], {}, new RegExp(`^${port}번 포트를 다른 프로그램이 쓰고 있습니다`)],
    [['--port', 'many'], {}, /^--port 값 ‘many’은 포트 번호가 아닙니다/],
    [['--port', '70000'], {}, /^PORT는 0에서 65535 사이의 숫자여야 합니다/],
    [['--demo'], {}, /^알 수 없는 옵션이 있습니다: --demo/],
    [['extra'], {}, /^알 수 없는 옵션이 있습니다: extra/],
    [[], { LOG_LEVEL: 'loud' }, /^LOG_LEVEL은/],
    [[], { MOA_SECRET: 'short' }, /^MOA_SECRET은 32자 이상이어야 합니다/],
    [[], { DATABASE_URL: 'postgres://x' }, /^DATABASE_URL 값을 읽을 수 없습니다/],
  ];
  for (const [args, env, sentence] of refusals) {
    const { code, stderr } = await runCommand(command('start'), args, {
      env: { MOA_DATA: data.path, ...env },
    });
    assert.equal(code, 1);
    assert.match(stderr, sentence);
    assert.doesNotMatch(stderr, /\n {4}at /);
  }
  taken.close();
});

test('bin/test ends with the counts, and fails when a test does', async () => {
  using folder = temporaryFolder();
  const [good, bad] = [join(folder.path, 'good.test.ts'), join(folder.path, 'bad.test.ts')];
  writeFileSync(good, "import test from 'node:test'; test('one', () => {}); test('two', () => {});");
  writeFileSync(bad, "import test from 'node:test'; test('three', () => { throw new Error('no'); });");

  const passing = await runCommand(command('test'), [good]);
  assert.deepEqual([passing.code, lastLine(passing.stdout)], [0, '2 passed, 0 failed']);
  const failing = await runCommand(command('test'), [folder.path]);
  assert.deepEqual([failing.code, lastLine(failing.stdout)], [1, '2 passed, 1 failed']);
  const nothing = await runCommand(command('test'), [join(folder.path, 'missing')]);
  assert.deepEqual([nothing.code, lastLine(nothing.stdout)], [1, '0 passed, 1 failed']);
});

test('.env.example describes every setting', () => {
  const settings = ['config.ts', 'redis-settings.ts'].flatMap(
    (file) => readFileSync(join(projectFolder, 'src/lib', file), 'utf8').match(/^ +[A-Z][A-Z_]+(?=: z)/gm)!,
  );
  const example = readFileSync(join(projectFolder, '.env.example'), 'utf8');
  for (const name of [...settings.map((line) => line.trim()), 'MOA_DATA']) {
    assert.match(example, new RegExp(`^# ${name}=`, 'm'));
  }
});

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)!;
}
