import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWithin } from '#lib/ctx.ts';
import type { Permission } from '#lib/module.ts';
import { deviationsOf, grantedOf, scopeOf } from '../../src/accounts/roles.rules.ts';

const permissions: Permission[] = [
  { code: 'a.view', name: '보기', roles: ['admin', 'office'] },
  { code: 'a.edit', name: '고치기', roles: ['admin'] },
  { code: 'a.people', name: '사람', roles: ['admin'], keptByAdmin: true },
];
const office = { code: 'office', based_on: 'office' };
const own = { code: 'own-1', based_on: 'office' };
const admin = { code: 'admin', based_on: 'admin' };
const none = new Map<string, boolean>();

test('a role may do what is declared for it, and one made from it the same', () => {
  for (const role of [office, own]) assert.deepEqual([...grantedOf(role, none, permissions)], ['a.view']);
});

test('only what differs from the default is kept, so that nothing stands in the way of a later release', () => {
  const kept = deviationsOf(office, none, permissions, new Set(['a.view', 'a.edit']));
  assert.deepEqual([...kept], [['a.edit', true]]);
  assert.deepEqual([...deviationsOf(office, kept, permissions, new Set(['a.view']))], []);

  const later: Permission[] = [...permissions, { code: 'b.view', name: '새 일', roles: ['office'] }];
  assert.deepEqual([...grantedOf(office, kept, later)], ['a.view', 'a.edit', 'b.view']);
  const without = deviationsOf(office, kept, permissions, new Set());
  assert.deepEqual([...grantedOf(own, without, later)], ['b.view'], 'what was taken away stays away');
});

test('what was decided about a permission of another release is kept', () => {
  const before = new Map([['z.gone', true]]);
  assert.deepEqual([...deviationsOf(office, before, permissions, new Set(['a.view']))], [...before]);
});

test('administrators cannot lose what lets people in again; a copy of them can', () => {
  const kept = deviationsOf(admin, none, permissions, new Set());
  assert.deepEqual([...grantedOf(admin, kept, permissions)], ['a.people']);
  const spoilt = new Map([['a.people', false]]);
  assert.ok(grantedOf(admin, spoilt, permissions).has('a.people'));
  assert.ok(!grantedOf({ code: 'own-2', based_on: 'admin' }, spoilt, permissions).has('a.people'));
});

test('a person works with no more than their role, and with no more than was chosen for them', () => {
  const asRole = { scope: 'role', channels: [] } as const;
  const chosen = { scope: 'chosen', channels: [1, 2] } as const;
  const all = { scope: 'all', channels: [] } as const;
  const some = { scope: 'chosen', channels: [2, 3] } as const;
  const each = { scope: 'each', channels: [] } as const;
  assert.equal(scopeOf(all, asRole), 'all');
  assert.deepEqual(scopeOf(all, chosen), new Set([1, 2]));
  assert.deepEqual(scopeOf(some, asRole), new Set([2, 3]));
  assert.deepEqual(scopeOf(some, chosen), new Set([2]));
  assert.deepEqual(scopeOf(each, asRole), new Set());
  assert.deepEqual(scopeOf(each, chosen), new Set([1, 2]));
});

test('some channels are within all, and all within nothing less', () => {
  assert.ok(isWithin('all', 'all') && isWithin(new Set([1]), 'all') && isWithin(new Set(), new Set()));
  assert.ok(isWithin(new Set([1]), new Set([1, 2])));
  assert.ok(!isWithin('all', new Set([1])) && !isWithin(new Set([1, 3]), new Set([1, 2])));
});
