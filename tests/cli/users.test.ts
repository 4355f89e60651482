import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDesk, resultOf } from './desk.ts';

test('a user is added, given another password and disabled', async () => {
  await using desk = await openDesk();
  const added = await desk.moa(
    ['user', 'add', 'mina', '--name', '이미나', '--role', 'office'],
    '감나무 아래 세 사람\n',
  );
  assert.equal(added.code, 0);
  const { id, ...user } = resultOf(added);
  assert.deepEqual(user, { login: 'mina', name: '이미나', role: 'office' });
  assert.match(added.err, /만들었습니다/);

  const before = await desk.db('users').where({ id }).first();
  const changed = await desk.moa(['user', 'password', 'mina', '--password', '처마 밑 고드름 다섯']);
  assert.deepEqual([changed.code, resultOf(changed)], [0, { id, login: 'mina' }]);
  assert.notEqual((await desk.db('users').where({ id }).first()).password_hash, before.password_hash);

  const disabled = await desk.moa(['user', 'disable', 'mina']);
  assert.deepEqual([disabled.code, resultOf(disabled)], [0, { id, login: 'mina', disabled: true }]);
  assert.ok((await desk.db('users').where({ id }).first()).disabled_at);
});

test('what cannot be done to a user is said in Korean', async () => {
  await using desk = await openDesk();
  await desk.moa([
    'user',
    'add',
    'mina',
    '--name',
    '이미나',
    '--role',
    'office',
    '--password',
    '감나무 아래 세 사람',
  ]);
  for (const [reason, ...argv] of [
    [/사용법/],
    [/사용법/, 'add'],
    [/사용법/, 'rename', 'mina'],
    [/--role/, 'add', 'jun', '--name', '박준', '--role', '사장'],
    [/--name/, 'add', 'jun', '--role', 'office'],
    [/이미/, 'add', 'mina', '--name', '이미나', '--role', 'office', '--password', '감나무 아래 세 사람'],
    [/비밀번호는 10자 이상/, 'password', 'mina', '--password', '1'],
    [/없/, 'disable', 'nobody'],
  ] as [RegExp, ...string[]][]) {
    const { code, out, err } = await desk.moa(['user', ...argv]);
    assert.match(err, reason, argv.join(' '));
    assert.deepEqual([code, out], [1, ''], argv.join(' '));
  }
  assert.equal((await desk.db('users')).length, 1);
});
