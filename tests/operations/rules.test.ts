import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safeError } from '#lib/safe-errors.ts';
import { noRoute, routeNamer } from '#lib/web/route-names.ts';
import type { Beat } from '../../src/operations/heartbeats.ts';
import { type Facts, findProblems } from '../../src/operations/problems.rules.ts';
import { disksOf, judgeProcesses } from '../../src/operations/processes.rules.ts';
import { cronWords } from '../../src/operations/schedule.rules.ts';

test('an address is told by its route, whatever people type behind it', () => {
  const nameOf = routeNamer([
    { path: '/' },
    { path: '/orders' },
    { path: '/orders/new' },
    { path: '/orders/:id' },
    { path: '/orders/:id/hold' },
    { path: '/password/:token' },
  ]);
  const told = [
    '/',
    '/orders/new',
    '/orders/7',
    '/orders/7/hold/',
    '/password/abc',
    '/orders/7/x',
    '/assets/12/css/a.css',
    '/vendor/1/x',
  ];
  assert.deepEqual(told.map(nameOf), [
    '/',
    '/orders/new',
    '/orders/:id',
    '/orders/:id/hold',
    '/password/:token',
    noRoute,
    '/assets/*',
    '/vendor/*',
  ]);
});

test('an error in the log keeps its code and its place, and no value', () => {
  const error = Object.assign(
    new Error(
      "insert into `users` (`login`) values (?) - (conn:7, no: 1062, SQLState: 23000) Duplicate entry '홍길동-01012345678' for key 'login'",
    ),
    { code: 'ER_DUP_ENTRY', errno: 1062, sqlState: '23000', sql: "insert '홍길동'", parameters: ['홍길동'] },
  );
  const told = safeError(error);
  assert.equal(told.code, 'ER_DUP_ENTRY');
  assert.match(told.message, /Duplicate entry '…' for key 'login'/);
  assert.match(told.stack!, /rules\.test\.ts/);
  assert.doesNotMatch(JSON.stringify(told), /홍길동|01012345678|parameters/);
});

test('what hangs on an error, in its cause or among several, is left out too', () => {
  const command = Object.assign(new Error('READONLY'), {
    command: { name: 'set', args: ['sess', '홍길동'] },
  });
  const told = safeError(
    new AggregateError(
      [command, new SyntaxError('Unexpected token \'홍\', "홍길동의 주소" is not valid JSON')],
      '‘홍길동’',
      {
        cause: new Error('서울 "강남구 테헤란로 1"로'),
      },
    ),
  );
  assert.doesNotMatch(JSON.stringify(told), /홍|강남구/);
  assert.equal(told.errors?.length, 2);
  assert.match(
    safeError(new TypeError("Cannot read properties of undefined (reading 'sigungu')")).message,
    /sigungu/,
  );
});

const now = Date.parse('2026-11-21T00:00:00Z');
const aBeat = (given: Partial<Beat>): Beat => ({
  id: `${Math.random()}`,
  kind: 'web',
  version: '1',
  newestMigration: '20261121_30',
  host: 'a',
  pid: 1,
  slot: null,
  live: true,
  startedAt: now - 3600_000,
  seenAt: now - 5000,
  clockAheadMs: 0,
  memory: 1,
  disks: [],
  ...given,
});

test('a silent process is gone unless another has begun in its place since, one for one', () => {
  const gone = (id: string) => aBeat({ id, seenAt: now - 120_000 });
  const young = aBeat({ id: 'young', startedAt: now - 100_000 });
  const states = judgeProcesses(
    [gone('x'), gone('y'), young, aBeat({ id: 'by', live: false, slot: 'green' })],
    now,
  );
  assert.deepEqual(Object.groupBy(states, ({ state }) => state).replaced?.length, 1);
  assert.deepEqual(Object.groupBy(states, ({ state }) => state).silent?.length, 1);
  assert.equal(states.find(({ id }) => id === 'by')?.state, 'standby');
  const elsewhere = judgeProcesses([gone('x'), { ...young, host: 'b' }], now);
  assert.equal(elsewhere.find(({ id }) => id === 'x')?.state, 'silent');
});

test('a disk that two processes of a host tell of is one disk', () => {
  const disks = [{ path: '/a', size: 1000, free: 500 }];
  const told = judgeProcesses(
    [
      aBeat({ disks }),
      aBeat({ disks: [{ path: '/b', size: 1000, free: 500 }] }),
      aBeat({ host: 'b', disks }),
    ],
    now,
  );
  assert.deepEqual(
    disksOf(told).map(({ host }) => host),
    ['a', 'b'],
  );
});

const fine: Facts = {
  now,
  processes: judgeProcesses([aBeat({}), aBeat({ kind: 'worker' })], now),
  disks: [{ host: 'a', path: '/', size: 100, free: 50 }],
  database: {
    version: '10.11',
    host: 'a',
    upSince: new Date(now),
    connections: 5,
    mostConnections: 100,
    status: {},
    cluster: { size: 3, isPrimary: true, isReady: true, state: 'Synced', paused: 0 },
  },
  redis: {
    version: '7',
    upSeconds: 1,
    role: 'master',
    clients: 1,
    memory: 1,
    memoryLimit: 0,
    neverEvicts: true,
    evicted: 0,
    commands: 1,
    keepsLog: true,
    logFails: false,
    replicas: [1, 2].map((n) => ({ address: `${n}`, state: 'online', lagSeconds: 0 })),
    answeredInMs: 1,
  },
  sentinels: { wanted: 3, usable: 3 },
  queue: {
    counts: { failed: 0, active: 0, waiting: 0, delayed: 0, completed: 0 },
    oldestWaitMs: 0,
    longestRunMs: 0,
    failedSince: () => 0,
  },
  runs: {
    fullBackup: { at: new Date(now - 3600_000), bytes: 1, name: 'x', host: 'a' },
    logBackup: { at: new Date(now - 60_000), coveredUntil: null },
    failedBackup: undefined,
    hosts: [{ host: 'a', kind: 'full', at: new Date(now - 3600_000) }],
    drill: { at: new Date(now), rpoSeconds: 1, rtoSeconds: 1, orders: 1, findings: 0, failure: null },
    check: { id: 1, at: new Date(now), findings: 0, left: 0, rules: 30 },
  },
  down: [],
  wants: { replicas: 2, backups: true },
};

test('nothing is said while all is well', () => {
  assert.deepEqual(findProblems(fine), []);
});

const ill: [string, Partial<Facts>, RegExp][] = [
  ['no worker', { processes: judgeProcesses([aBeat({})], now) }, /작업 서버가 하나도/],
  [
    'a silent process',
    {
      processes: judgeProcesses(
        [aBeat({}), aBeat({ kind: 'worker' }), aBeat({ host: 'z', seenAt: now - 99_000 })],
        now,
      ),
    },
    /z의 웹 서버/,
  ],
  [
    'two versions',
    { processes: judgeProcesses([aBeat({}), aBeat({ kind: 'worker', version: '2' })], now) },
    /서로 다른 버전/,
  ],
  [
    'a clock',
    { processes: judgeProcesses([aBeat({ clockAheadMs: -61_000 }), aBeat({ kind: 'worker' })], now) },
    /61초 느립니다/,
  ],
  ['no database', { database: undefined }, /데이터베이스의 상태/],
  [
    'two nodes',
    { database: { ...fine.database!, cluster: { ...fine.database!.cluster!, size: 2 } } },
    /2대만/,
  ],
  [
    'no majority',
    { database: { ...fine.database!, cluster: { ...fine.database!.cluster!, isPrimary: false } } },
    /쓰기를 받지/,
  ],
  ['many connections', { database: { ...fine.database!, connections: 90 } }, /100개 가운데 90개/],
  ['no Redis', { redis: undefined }, /Redis의 상태/],
  ['one replica', { redis: { ...fine.redis!, replicas: fine.redis!.replicas.slice(1) } }, /2개 가운데 1개/],
  [
    'no Redis, and so nobody who says that they live',
    { redis: undefined, processes: undefined },
    /Redis의 상태/,
  ],
  ['a Redis that keeps no log', { redis: { ...fine.redis!, keepsLog: false } }, /기록하지 않게/],
  ['a sentinel that is away', { sentinels: { wanted: 3, usable: 2 } }, /센티널 3개 가운데 2개만/],
  ['a full disk of Redis', { redis: { ...fine.redis!, logFails: true } }, /기록하지 못하고/],
  ['a Redis that forgets', { redis: { ...fine.redis!, neverEvicts: false, memoryLimit: 9 } }, /값을 버리게/],
  ['a Redis that is full', { redis: { ...fine.redis!, memory: 9, memoryLimit: 10 } }, /80%/],
  ['jobs that wait', { queue: { ...fine.queue!, oldestWaitMs: 300_000 } }, /5분째/],
  ['jobs that failed', { queue: { ...fine.queue!, failedSince: () => 3 } }, /작업이 3개/],
  ['an old back-up', { runs: { ...fine.runs!, fullBackup: undefined } }, /백업이 한 번도/],
  [
    'old logs',
    { runs: { ...fine.runs!, logBackup: { at: new Date(now - 3600_000), coveredUntil: null } } },
    /15분 넘게/,
  ],
  [
    'a failed back-up',
    {
      runs: { ...fine.runs!, failedBackup: { at: new Date(now), kind: 'log', host: 'a', failure: '디스크' } },
    },
    /5분 백업이 실패/,
  ],
  ['logs that were never kept', { runs: { ...fine.runs!, logBackup: undefined } }, /아직 한 번도/],
  [
    'a host that has stopped to back up beside one that goes on',
    { runs: { ...fine.runs!, hosts: [{ host: 'b', kind: 'log', at: new Date(now - 3600_000) }] } },
    /b의 5분 백업이 멈췄/,
  ],
  [
    'rules nobody could look at',
    { runs: { ...fine.runs!, check: { ...fine.runs!.check!, left: 2 } } },
    /2개를 보지 못/,
  ],
  [
    'a failed drill',
    { runs: { ...fine.runs!, drill: { ...fine.runs!.drill!, failure: '열쇠' } } },
    /복구 연습이 실패/,
  ],
  ['data nobody has looked at', { runs: { ...fine.runs!, check: undefined } }, /점검을 한 적이 없/],
  ['findings', { runs: { ...fine.runs!, check: { ...fine.runs!.check!, findings: 2 } } }, /2건을 찾았/],
  ['a disk', { disks: [{ host: 'a', path: '/x', size: 100, free: 3 }] }, /97%/],
  ['somebody else', { down: [{ title: '카카오 로그인' }] }, /카카오 로그인에 연결/],
];

test('each thing that is not well is said once, with the runbook for it', () => {
  for (const [name, change, words] of ill) {
    const found = findProblems({ ...fine, ...change });
    assert.equal(found.length, 1, `${name}: ${found.map((one) => one.words).join(' / ')}`);
    assert.match(found[0]!.words, words, name);
    assert.match(found[0]!.runbook, /\.md$/, name);
  }
});

test('a pattern of cron is said in words', () => {
  const said = [
    '20 4 * * *',
    '*/10 * * * * *',
    '* * * * *',
    '17 * * * *',
    '*/5 * * * *',
    '0 3 * * 0',
    '0 3 1 * *',
  ];
  assert.deepEqual(said.map(cronWords), [
    '매일 04:20',
    '10초마다',
    '1분마다',
    '매시 17분',
    '5분마다',
    '매주 일요일 03:00',
    '0 3 1 * *',
  ]);
});
