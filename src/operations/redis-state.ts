import type { Redis } from 'ioredis';

/** The primary as it tells of itself. */
export interface RedisState {
  version: string;
  upSeconds: number;
  role: string;
  clients: number;
  memory: number;
  /** 0 is as much as there is. */
  memoryLimit: number;
  neverEvicts: boolean;
  evicted: number;
  commands: number;
  /** Whether what it holds outlives a restart. */
  keepsLog: boolean;
  logFails: boolean;
  replicas: { address: string; state: string; lagSeconds: number }[];
  answeredInMs: number;
}

export async function readRedis(redis: Redis): Promise<RedisState> {
  const asked = performance.now();
  await redis.ping();
  const answeredInMs = performance.now() - asked;
  const info = parseInfo(await redis.info());
  const number = (name: string) => Number(info.get(name) ?? 0);
  return {
    version: info.get('redis_version') ?? '',
    upSeconds: number('uptime_in_seconds'),
    role: info.get('role') ?? '',
    clients: number('connected_clients'),
    memory: number('used_memory'),
    memoryLimit: number('maxmemory'),
    neverEvicts: info.get('maxmemory_policy') === 'noeviction',
    evicted: number('evicted_keys'),
    commands: number('total_commands_processed'),
    keepsLog: info.get('aof_enabled') === '1',
    logFails: info.get('aof_enabled') === '1' && info.get('aof_last_write_status') !== 'ok',
    replicas: Array.from({ length: number('connected_slaves') }, (_, i) =>
      readReplica(info.get(`slave${i}`) ?? ''),
    ),
    answeredInMs,
  };
}

function parseInfo(text: string): Map<string, string> {
  return new Map(
    text
      .split('\r\n')
      .filter((line) => line.includes(':'))
      .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}

/** `ip=10.0.0.2,port=6379,state=online,offset=12,lag=1` */
function readReplica(line: string): RedisState['replicas'][number] {
  const parts = new Map(line.split(',').map((part) => part.split('=') as [string, string]));
  return {
    address: `${parts.get('ip')}:${parts.get('port')}`,
    state: parts.get('state') ?? '',
    lagSeconds: Number(parts.get('lag') ?? 0),
  };
}
