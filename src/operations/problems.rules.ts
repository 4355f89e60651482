import type { Sentinels } from '#lib/sentinels.ts';
import type { DatabaseState } from './database-state.ts';
import type { Disk } from './heartbeats.ts';
import type { LastRuns } from './last-runs.ts';
import type { JudgedProcess } from './processes.rules.ts';
import type { QueueState } from './queue-state.ts';
import type { RedisState } from './redis-state.ts';

/** Something an administrator should know, what to do about it, and the runbook that says how. */
export interface Problem {
  level: 'danger' | 'warning';
  words: string;
  hint: string;
  /** A file of docs/runbooks. */
  runbook: string;
}

/** All that can be seen of this installation at one moment. What could not be read is undefined. */
export interface Facts {
  now: number;
  processes: readonly JudgedProcess[] | undefined;
  disks: readonly (Disk & { host: string })[];
  database: DatabaseState | undefined;
  redis: RedisState | undefined;
  sentinels: Sentinels | undefined;
  queue: QueueState | undefined;
  runs: LastRuns | undefined;
  down: readonly { title: string }[];
  /** How it is meant to be here. */
  wants: { replicas: number; backups: boolean };
}

const hour = 3600_000;
const minute = 60_000;

/** The gravest first. */
export function findProblems(facts: Facts): Problem[] {
  const found = [
    ...ofProcesses(facts),
    ...ofDatabase(facts),
    ...ofRedis(facts),
    ...ofSentinels(facts),
    ...ofQueue(facts),
    ...ofBackups(facts),
    ...ofCheck(facts),
    ...ofDisks(facts),
    ...ofOutside(facts),
  ];
  return [
    ...found.filter(({ level }) => level === 'danger'),
    ...found.filter(({ level }) => level === 'warning'),
  ];
}

const danger = (runbook: string, words: string, hint: string): Problem => ({
  level: 'danger',
  words,
  hint,
  runbook,
});
const warning = (runbook: string, words: string, hint: string): Problem => ({
  level: 'warning',
  words,
  hint,
  runbook,
});

const kindNames = { web: '웹 서버', worker: '작업 서버' } as const;

function ofProcesses({ processes }: Facts): Problem[] {
  if (!processes) return []; // they stand in Redis, and that it is away is said
  const alive = processes.filter(({ state }) => state === 'alive');
  const silent = processes
    .filter(({ state }) => state === 'silent')
    .map((gone) =>
      danger(
        'processes.md',
        `${gone.host}의 ${kindNames[gone.kind]}(프로세스 ${gone.pid})가 말없이 멈췄습니다.`,
        '그 서버가 켜져 있는지, 서비스가 다시 시작되었는지 확인해 주세요.',
      ),
    );
  const worker = alive.some(({ kind }) => kind === 'worker')
    ? []
    : [
        danger(
          'processes.md',
          '작업 서버가 하나도 없습니다.',
          '파일 읽기, 적용, 다운로드가 진행되지 않습니다. 작업 서버를 시작해 주세요.',
        ),
      ];
  const versions = new Set(alive.map(({ version }) => version));
  const mixed =
    versions.size > 1
      ? [
          warning(
            'processes.md',
            `서로 다른 버전이 함께 일하고 있습니다: ${[...versions].join(', ')}`,
            '배포가 도중에 멈추지 않았는지 확인해 주세요.',
          ),
        ]
      : [];
  const clocks = processes
    .filter(({ state, clockAheadMs }) => state === 'alive' && Math.abs(clockAheadMs) > 2000)
    .map(({ host, clockAheadMs }) =>
      warning(
        'clock.md',
        `${host}의 시계가 ${(Math.abs(clockAheadMs) / 1000).toFixed(0)}초 ${clockAheadMs > 0 ? '빠릅니다' : '느립니다'}.`,
        '시간 맞추기(chrony 또는 systemd-timesyncd)가 켜져 있는지 확인해 주세요.',
      ),
    );
  return [...silent, ...worker, ...mixed, ...uniqueBy(clocks, ({ words }) => words.split('의 시계')[0]!)];
}

function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

function ofDatabase({ database }: Facts): Problem[] {
  if (!database)
    return [
      danger(
        'database-failover.md',
        '데이터베이스의 상태를 읽지 못했습니다.',
        '데이터베이스가 켜져 있는지 확인해 주세요.',
      ),
    ];
  const { cluster, connections, mostConnections } = database;
  const full =
    connections > mostConnections * 0.8
      ? [
          warning(
            'database-failover.md',
            `데이터베이스 연결이 ${mostConnections}개 가운데 ${connections}개 쓰이고 있습니다.`,
            '오래 열린 연결이 있는지 보고, 필요하면 max_connections를 늘려 주세요.',
          ),
        ]
      : [];
  if (!cluster) return full;
  if (!cluster.isPrimary || !cluster.isReady)
    return [
      danger(
        'database-failover.md',
        '이 데이터베이스는 지금 쓰기를 받지 않습니다.',
        '남은 노드끼리 과반을 이루지 못했습니다. 장애 전환 안내를 따라 주세요.',
      ),
    ];
  return cluster.size < 3
    ? [
        danger(
          'database-failover.md',
          `데이터베이스 클러스터에 ${cluster.size}대만 남았습니다.`,
          '한 대가 더 멈추면 쓰기가 멈춥니다. 빠진 노드나 중재자(garbd)를 되살려 주세요.',
        ),
        ...full,
      ]
    : full;
}

function ofRedis({ redis, wants }: Facts): Problem[] {
  if (!redis)
    return [
      danger('redis-failover.md', 'Redis의 상태를 읽지 못했습니다.', 'Redis가 켜져 있는지 확인해 주세요.'),
    ];
  const online = redis.replicas.filter(
    ({ state, lagSeconds }) => state === 'online' && lagSeconds <= 10,
  ).length;
  return [
    online < wants.replicas &&
      danger(
        'redis-failover.md',
        `Redis의 복제본 ${wants.replicas}개 가운데 ${online}개만 따라오고 있습니다.`,
        online === 0
          ? '지금은 로그인과 작업이 저장되지 않습니다.'
          : '한 대가 더 멈추면 로그인할 수 없습니다.',
      ),
    redis.logFails &&
      danger(
        'redis-failover.md',
        'Redis가 디스크에 기록하지 못하고 있습니다.',
        'Redis 서버의 디스크가 찼는지 확인해 주세요.',
      ),
    wants.replicas > 0 &&
      !redis.keepsLog &&
      danger(
        'redis-failover.md',
        'Redis가 디스크에 기록하지 않게 되어 있습니다.',
        '주 서버가 금방 다시 켜지면 로그인과 작업이 모두 사라집니다. appendonly를 yes로 바꿔 주세요.',
      ),
    !redis.neverEvicts &&
      redis.memoryLimit > 0 &&
      danger(
        'redis-failover.md',
        'Redis가 메모리가 모자라면 값을 버리게 되어 있습니다.',
        '로그인과 작업이 사라질 수 있습니다. maxmemory-policy를 noeviction으로 바꿔 주세요.',
      ),
    redis.memoryLimit > 0 &&
      redis.memory > redis.memoryLimit * 0.8 &&
      warning(
        'redis-failover.md',
        'Redis 메모리가 80% 넘게 찼습니다.',
        '가득 차면 로그인과 작업이 저장되지 않습니다. maxmemory를 늘려 주세요.',
      ),
  ].filter((problem) => problem !== false);
}

function ofSentinels({ sentinels }: Facts): Problem[] {
  if (!sentinels || sentinels.usable >= sentinels.wanted) return [];
  const { usable, wanted } = sentinels;
  return [
    danger(
      'redis-failover.md',
      `센티널 ${wanted}개 가운데 ${usable}개만 일하고 있습니다.`,
      usable * 2 > wanted
        ? '더 멈추면 Redis의 주 서버가 죽어도 바뀌지 않습니다. 멈춘 센티널을 되살려 주세요.'
        : '지금 Redis의 주 서버가 죽으면 바뀌지 않습니다. 멈춘 센티널을 되살려 주세요.',
    ),
  ];
}

function ofQueue({ queue, now }: Facts): Problem[] {
  if (!queue) return [];
  const failed = queue.failedSince(now - 24 * hour);
  return [
    queue.oldestWaitMs > 2 * minute &&
      danger(
        'jobs.md',
        `작업 하나가 ${Math.floor(queue.oldestWaitMs / minute)}분째 시작되지 않고 있습니다.`,
        '작업 서버가 살아 있는지, 오래 걸리는 작업이 자리를 모두 차지했는지 확인해 주세요.',
      ),
    failed > 0 &&
      warning(
        'jobs.md',
        `하루 사이에 끝내지 못한 작업이 ${failed}개 있습니다.`,
        '작업 화면에서 이유를 보고 다시 실행하거나 버려 주세요.',
      ),
  ].filter((problem) => problem !== false);
}

function ofBackups({ runs, now, wants }: Facts): Problem[] {
  if (!runs || (!wants.backups && !runs.fullBackup && !runs.failedBackup)) return [];
  const age = (at: Date | undefined | null) => (at ? now - at.getTime() : Number.POSITIVE_INFINITY);
  const { drill } = runs;
  return [
    runs.failedBackup &&
      danger(
        'restore.md',
        `${runs.failedBackup.host}의 ${backupNames[runs.failedBackup.kind]}이 실패했습니다: ${runs.failedBackup.failure}`,
        '이유를 없앤 뒤 bin/backup을 다시 실행해 주세요.',
      ),
    age(runs.fullBackup?.at) > latest.full &&
      danger(
        'restore.md',
        runs.fullBackup ? '하루 넘게 백업이 없습니다.' : '아직 백업이 한 번도 없습니다.',
        '백업 타이머가 켜져 있는지 확인해 주세요.',
      ),
    (runs.logBackup !== undefined || (wants.backups && runs.fullBackup)) &&
      age(runs.logBackup?.at) > latest.log &&
      danger(
        'restore.md',
        runs.logBackup
          ? '15분 넘게 변경 기록(binlog)이 백업되지 않았습니다.'
          : '변경 기록(binlog)이 아직 한 번도 백업되지 않았습니다.',
        '지금 장애가 나면 그동안의 주문을 잃을 수 있습니다.',
      ),
    ...silentHosts(runs, now),
    drill?.failure
      ? danger(
          'restore.md',
          `복구 연습이 실패했습니다: ${drill.failure}`,
          '백업이 있어도 되살리지 못할 수 있습니다. 복구 안내를 따라 주세요.',
        )
      : age(drill?.at) > 8 * 24 * hour &&
        warning(
          'restore.md',
          drill ? '일주일 넘게 복구 연습이 없습니다.' : '아직 복구 연습을 한 적이 없습니다.',
          'bin/restore-drill을 실행해 주세요.',
        ),
  ].filter((problem) => problem !== false && problem !== undefined);
}

const backupNames = { full: '밤 백업', log: '5분 백업' } as const;
const latest = { full: 26 * hour, log: 15 * minute } as const;

/** While another host goes on: what is left is one series, in one place. */
function silentHosts({ hosts, fullBackup, logBackup }: LastRuns, now: number): Problem[] {
  const newest = { full: fullBackup?.at, log: logBackup?.at };
  const isLate = (kind: 'full' | 'log', at: Date | undefined) => !at || now - at.getTime() > latest[kind];
  return hosts
    .filter(({ kind, at }) => isLate(kind, at) && !isLate(kind, newest[kind]))
    .map(({ host, kind }) =>
      warning(
        'restore.md',
        `${host}의 ${backupNames[kind]}이 멈췄습니다. 다른 서버의 백업만 이어지고 있습니다.`,
        '그 서버의 백업 타이머를 확인해 주세요. 없앤 서버라면 일주일 뒤에 사라집니다.',
      ),
    );
}

function ofCheck({ runs, now, wants }: Facts): Problem[] {
  const check = runs?.check;
  if (!check) {
    const words = '아직 자료 점검을 한 적이 없습니다.';
    return runs && wants.backups
      ? [
          warning(
            'checks.md',
            words,
            '점검 화면에서 ‘지금 점검’을 눌러 주세요. 다음부터는 매일 새벽에 합니다.',
          ),
        ]
      : [];
  }
  return [
    check.findings > 0 &&
      danger(
        'checks.md',
        `자료 점검에서 ${check.findings}건을 찾았습니다.`,
        '점검 화면에서 하나씩 확인해 주세요.',
      ),
    check.left > 0 &&
      warning(
        'checks.md',
        `자료 점검이 규칙 ${check.rules}개 가운데 ${check.left}개를 보지 못했습니다.`,
        '이상이 없다는 뜻이 아닙니다. 점검 화면에서 이유를 보고 다시 점검해 주세요.',
      ),
    now - check.at.getTime() > 26 * hour &&
      warning(
        'checks.md',
        '하루 넘게 자료 점검이 없습니다.',
        '작업 화면의 정기 작업에서 점검이 도는지 확인해 주세요.',
      ),
  ].filter((problem) => problem !== false);
}

function ofDisks({ disks }: Facts): Problem[] {
  return disks.flatMap(({ host, path, size, free }) => {
    const left = free / size;
    if (left > 0.15) return [];
    const words = `${host}의 ${path} 디스크가 ${Math.round((1 - left) * 100)}% 찼습니다.`;
    const hint = '오래된 기록과 백업을 옮기거나 디스크를 늘려 주세요.';
    return [left < 0.05 ? danger('disk.md', words, hint) : warning('disk.md', words, hint)];
  });
}

function ofOutside({ down }: Facts): Problem[] {
  return down.map(({ title }) =>
    warning(
      'outside.md',
      `${title}에 연결되지 않아 쉬고 있습니다.`,
      '15초가 지날 때마다 다시 열립니다. 저쪽이 돌아왔으면 그때 처음 쓰는 사람부터 이어집니다.',
    ),
  );
}
