import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Config } from '#lib/config.ts';
import { isLive } from '#lib/slot.ts';
import type { ProcessInfo } from './process-info.ts';

/** What a process says of itself each ten seconds. Times are those of Redis, in milliseconds. */
export interface Beat extends Omit<ProcessInfo, 'startedAt'> {
  id: string;
  slot: string | null;
  /** False for a process of the slot that stands by. */
  live: boolean;
  startedAt: number;
  seenAt: number;
  /** How far its own clock is ahead. */
  clockAheadMs: number;
  memory: number;
  disks: Disk[];
}

export interface Disk {
  path: string;
  size: number;
  free: number;
}

export const beatEveryMs = 10_000;
/** Longer ago nobody needs to hear of it. */
const forgottenAfterMs = 24 * 3600_000;

const keyOf = (redisPrefix: string) => `${redisPrefix}:processes`;

/** Says that this process is there until it is closed; a process that dies stays in the list, silent. */
export async function startBeating(
  { config, redis, log }: { config: Config; redis: Redis; log: Logger },
  info: ProcessInfo,
): Promise<{ close(): Promise<void> }> {
  const [key, id] = [keyOf(config.redisPrefix), `${info.host}-${info.pid}-${info.startedAt.getTime()}`];
  let ahead = 0;

  const beat = async () => {
    const asked = Date.now();
    const now = await timeOf(redis);
    ahead = (asked + Date.now()) / 2 - now;
    const said: Beat = {
      ...info,
      id,
      slot: config.slot?.name ?? null,
      live: config.slot ? (isLive(config.slot) ?? true) : true,
      startedAt: Math.round(info.startedAt.getTime() - ahead),
      seenAt: now,
      clockAheadMs: Math.round(ahead),
      memory: process.memoryUsage.rss(),
      disks: await readDisks(config.disks),
    };
    await redis.hset(key, id, JSON.stringify(said));
  };
  let telling: Promise<void> | undefined;
  /** While one beat waits for a Redis that is away, no other is begun. */
  const tell = () => {
    telling ??= beat()
      .catch((error) => log.warn({ err: error }, 'nobody could be told that we live'))
      .finally(() => {
        telling = undefined;
      });
    return telling;
  };
  await tell();
  const timer = setInterval(() => void tell(), beatEveryMs);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      const leave = async () => {
        await telling; // a beat that comes behind the good-bye would make us missed
        await redis.hdel(key, id);
      };
      await Promise.race([leave().catch(() => {}), sleep(1000)]);
    },
  };
}

/** Everybody who has said something within a day, and what time it is for them. */
export async function listBeats(
  redis: Redis,
  { redisPrefix }: Pick<Config, 'redisPrefix'>,
): Promise<{ beats: Beat[]; now: number }> {
  const key = keyOf(redisPrefix);
  const [now, said] = await Promise.all([timeOf(redis), redis.hgetall(key)]);
  const all = Object.values(said).map((text) => JSON.parse(text) as Beat);
  const old = all.filter(({ seenAt }) => now - seenAt > forgottenAfterMs);
  if (old.length > 0) await redis.hdel(key, ...old.map(({ id }) => id));
  return { beats: all.filter((beat) => !old.includes(beat)), now };
}

/** One clock for all, whatever those of their machines say. */
async function timeOf(redis: Redis): Promise<number> {
  const [seconds, micros] = (await redis.time()).map(Number) as [number, number];
  return seconds * 1000 + Math.floor(micros / 1000);
}

/** A folder that is not there is left out: another host has it. */
async function readDisks(watched: readonly string[]): Promise<Disk[]> {
  const read = async (path: string): Promise<Disk[]> => {
    const found = await statfs(path).catch(() => undefined);
    return found ? [{ path, size: found.blocks * found.bsize, free: found.bavail * found.bsize }] : [];
  };
  return (await Promise.all([process.cwd(), tmpdir(), ...watched].map(read))).flat();
}
