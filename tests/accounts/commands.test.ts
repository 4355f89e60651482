import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { type CommandIo, userCommands } from '#accounts';
import type { Ctx } from '#lib/ctx.ts';
import { cast, castPassword, openOffice } from '../support/office.ts';

test('a user is added with a password from the command line and may come in', async () => {
  await using office = await openOffice();
  const said = await run(office.ctx(), [
    'add',
    'mina',
    '--name',
    '이미나',
    '--role',
    'delivery',
    '--password',
    '감나무 아래 세 사람',
  ]);
  const { id, ...user } = JSON.parse(said.stdout);
  assert.ok(id > 0);
  assert.deepEqual(user, { login: 'mina', name: '이미나', role: 'delivery' });
  assert.match(said.stderr, /사용자 'mina'를 만들었습니다\./);

  const answer = await office.stranger().post('/sign-in', { login: 'mina', password: '감나무 아래 세 사람' });
  assert.equal(answer.status, 303);
});

test('a password may come from the first line of stdin, also for a change', async () => {
  await using office = await openOffice();
  await run(office.ctx(), ['password', 'hana'], '감나무 아래 세 사람\n둘째 줄\n');
  const client = office.stranger();
  assert.equal((await client.post('/sign-in', { login: 'hana', password: castPassword })).status, 409);
  assert.equal(
    (await client.post('/sign-in', { login: 'hana', password: '감나무 아래 세 사람' })).status,
    303,
  );
});

test('a user is disabled by the command line', async () => {
  await using office = await openOffice();
  const said = await run(office.ctx(), ['disable', 'hana']);
  assert.equal(JSON.parse(said.stdout).disabled, true);
  assert.equal(
    (await office.stranger().post('/sign-in', { login: 'hana', password: castPassword })).status,
    409,
  );
});

test('what is missing or wrong is refused in Korean and changes nothing', async () => {
  await using office = await openOffice();
  const ctx = office.ctx();
  const refused = { name: 'Refusal' };
  await assert.rejects(run(ctx, []), refused);
  await assert.rejects(run(ctx, ['add', 'mina', '--role', 'office', '--password', '12345678']), refused);
  await assert.rejects(run(ctx, ['add', 'mina', '--name', '이미나', '--role', 'boss']), refused);
  await assert.rejects(run(ctx, ['add', 'mina', '--name', '이미나', '--role', 'office'], ''), refused);
  await assert.rejects(run(ctx, ['dance', 'hana']), refused);
  await assert.rejects(run(ctx, ['add', 'mina', '--color', 'red']), refused);
  await assert.rejects(run(ctx, ['disable', 'nobody']), { name: 'NotFound' });
  await assert.rejects(run(ctx, ['disable', '없는사람']), { name: 'NotFound' });
  assert.equal((await ctx.db('users')).length, Object.keys(cast).length);
});

async function run(ctx: Ctx, argv: string[], typed = ''): Promise<{ stdout: string; stderr: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io: CommandIo = { stdin: Readable.from([Buffer.from(typed)]), stdout, stderr };
  await userCommands(ctx, argv, io);
  return { stdout: await text(stdout.end()), stderr: await text(stderr.end()) };
}
