import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Refusal } from '#lib/errors.ts';
import { isSentinel, readRedisUrl } from '#lib/redis.ts';

export interface RedisSwitch {
  from: string;
  to: string;
  /** How long nothing could be written. */
  pausedMs: number;
}

const pauseMs = 8000;

/**
 * Makes another server the primary without losing anything: writes wait first, until a replica has all there is.
 * Without that the old primary goes on taking writes for seconds that nobody keeps.
 */
export async function switchRedis(url: string, say: (text: string) => void): Promise<RedisSwitch> {
  if (!isSentinel(url)) throw new Refusal('Sentinel을 쓰는 설정(REDIS_SENTINELS)에서만 바꿀 수 있습니다.');
  const { sentinels, name, password, username, sentinelPassword } = readRedisUrl(url);
  using sentinel = await firstThatAnswers(
    (sentinels ?? []).map((address) => ({ ...address, password: sentinelPassword ?? undefined })),
  );
  const master = name as string;
  const from = await findHealthy(sentinel.redis, master);
  const [host, port] = splitAddress(from);
  using primary = await firstThatAnswers([{ host, port: Number(port), username, password }]);

  say(`지금 주 서버는 ${from}입니다. 쓰기를 멈추고 복제본이 따라올 때까지 기다립니다.`);
  const began = performance.now();
  await primary.redis.call('client', 'pause', pauseMs, 'write');
  try {
    await untilReplicated(primary.redis);
    await sentinel.redis.call('sentinel', 'failover', master).catch((error: Error) => {
      throw new Refusal(`센티널이 바꾸지 않겠다고 합니다. 쓰기를 다시 열었습니다. (${error.message})`);
    });
    const to = await untilMoved(sentinel.redis, master, from);
    return { from, to, pausedMs: Math.round(performance.now() - began) };
  } finally {
    await primary.redis.call('client', 'unpause').catch(() => {}); // it may have closed our connection by now
  }
}

interface Opened extends Disposable {
  redis: Redis;
}

type Address = { host?: string; port?: number; username?: string | null; password?: string | null };

async function firstThatAnswers(addresses: readonly Address[]): Promise<Opened> {
  for (const { host, port, username, password } of addresses) {
    const redis = new Redis({
      ...{ host, port, username: username ?? undefined, password: password ?? undefined },
      ...{ lazyConnect: true, connectTimeout: 2000, commandTimeout: 3000, retryStrategy: () => null },
    });
    redis.on('error', () => {});
    try {
      await redis.ping();
      return { redis, [Symbol.dispose]: () => redis.disconnect() };
    } catch {
      redis.disconnect();
    }
  }
  const names = addresses.map(({ host, port }) => `${host}:${port}`).join(', ');
  throw new Refusal(`${names}에 연결하지 못했거나 비밀번호가 맞지 않습니다. 바꾼 것은 없습니다.`);
}

/** The address of the primary, when it and what follows it are well enough to be switched. */
async function findHealthy(sentinel: Redis, master: string): Promise<string> {
  await sentinel.call('sentinel', 'ckquorum', master).catch((error: Error) => {
    throw new Refusal(
      `센티널이 주 서버를 바꿀 만큼 모이지 않았습니다. 바꾼 것은 없습니다. (${error.message})`,
    );
  });
  const primary = factsOf(await sentinel.call('sentinel', 'master', master));
  if (primary.flags !== 'master')
    throw new Refusal(`주 서버의 상태가 정상이 아닙니다. 바꾼 것은 없습니다. (${primary.flags})`);
  const replicas = ((await sentinel.call('sentinel', 'replicas', master)) as unknown[]).map(factsOf);
  const well = replicas.filter(
    (replica) => replica.flags === 'slave' && replica['master-link-status'] === 'ok',
  );
  if (well.length === 0) throw new Refusal('따라오고 있는 복제본이 없습니다. 바꾼 것은 없습니다.');
  return `${primary.ip}:${primary.port}`;
}

/** Until the replicas have everything that was written before the pause: Sentinel may choose any that follows. */
async function untilReplicated(primary: Redis): Promise<void> {
  let wanted: number | undefined;
  for (const giveUpAt = performance.now() + 3000; performance.now() < giveUpAt; await sleep(50)) {
    const told = await primary.info('replication');
    wanted ??= Number(/master_repl_offset:(\d+)/.exec(told)?.[1]);
    const have = [...told.matchAll(/state=online,offset=(\d+)/g)].map((match) => Number(match[1]));
    if (have.length > 0 && have.every((offset) => offset >= (wanted as number))) return;
  }
  throw new Refusal('복제본이 3초 안에 따라오지 못했습니다. 쓰기를 다시 열었고, 바꾼 것은 없습니다.');
}

async function untilMoved(sentinel: Redis, master: string, from: string): Promise<string> {
  for (const giveUpAt = performance.now() + pauseMs; performance.now() < giveUpAt; await sleep(50)) {
    const said = (await sentinel.call('sentinel', 'get-master-addr-by-name', master)) as string[];
    const address = said.join(':');
    if (address !== from) return address;
  }
  throw new Refusal(
    '주 서버가 8초 안에 바뀌지 않았습니다. 쓰기를 다시 열었습니다. bin/moa redis-switch를 다시 실행하기 전에 센티널의 기록을 확인해 주세요.',
  );
}

function splitAddress(address: string): [host: string, port: string] {
  const at = address.lastIndexOf(':');
  return [address.slice(0, at), address.slice(at + 1)];
}

/** Sentinel says names and values in turn. */
function factsOf(reply: unknown): Record<string, string> {
  const words = reply as string[];
  return Object.fromEntries(words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1]!]] : [])));
}
