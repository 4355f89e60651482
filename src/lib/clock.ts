import type { Redis } from 'ioredis';
import type { Knex } from 'knex';
import type { Logger } from 'pino';

/** What time it is for all processes of an installation. */
export interface Clock {
  now(): Date;
  close(): void;
}

/** Clocks that are kept by NTP differ by less; what is more is a clock that is wrong. */
const wrongFromMs = 2000;
const askEveryMs = 15_000;

/**
 * How far the clock of this machine is from what most clocks say, in ms: of its own, that of the database and that of
 * Redis the one in the middle is right. 0 while they agree, and `before` while nobody else can be asked.
 */
export function agreedOffset(others: readonly number[], before: number): number {
  if (others.length < 2) return before;
  const middle = [0, ...others].sort((a, b) => a - b)[Math.floor((others.length + 1) / 2)]!;
  return Math.abs(middle) < wrongFromMs ? 0 : middle;
}

/**
 * A clock that is set wrong, or jumps, does not carry work away: whose beat is old, when a session ends, which code of
 * a phone is right is decided by the clock that most agree on. Between two questions the machine's own steady counter
 * goes on, which no jump touches.
 */
export async function openClock(db: Knex, redis: Redis, log: Logger): Promise<Clock> {
  let offset = 0;
  let from = { wall: Date.now(), steady: performance.now() };

  const ask = async () => {
    const began = { wall: Date.now(), steady: performance.now() };
    const answers = await Promise.allSettled([askDatabase(db), askRedis(redis)]);
    const others = answers.filter((answer) => answer.status === 'fulfilled').map(({ value }) => value);
    const jumped = Date.now() - began.wall - (performance.now() - began.steady);
    if (Math.abs(jumped) >= wrongFromMs / 4) return; // between a question and its answer: the next one tells
    const found = agreedOffset(others, offset);
    if (Math.abs(found - offset) >= wrongFromMs) {
      const words = found === 0 ? 'is right again' : 'is not what the others say';
      log.warn({ offsetMs: Math.round(found) }, `the clock of this machine ${words}`);
    }
    // what nobody can confirm goes on by the steady counter
    const now = others.length < 2 ? time() : Date.now() + found;
    offset = found;
    from = { wall: now, steady: performance.now() };
  };
  const time = () => {
    const wall = Date.now();
    const steady = from.wall + (performance.now() - from.steady);
    return Math.abs(wall - steady) < wrongFromMs ? wall : steady;
  };
  await ask();
  const timer = setInterval(() => void ask(), askEveryMs);
  timer.unref();
  return { now: () => new Date(time()), close: () => clearInterval(timer) };
}

/** For a process that is started: it goes by the clock of whoever starts it. */
export function clockForChild(now: () => Date): { MOA_CLOCK_AHEAD_MS: string } {
  return { MOA_CLOCK_AHEAD_MS: String(now().getTime() - Date.now()) };
}

export function parentsClock(env: Record<string, string | undefined>): () => Date {
  const ahead = Number(env.MOA_CLOCK_AHEAD_MS ?? 0) || 0;
  return () => new Date(Date.now() + ahead);
}

async function askDatabase(db: Knex): Promise<number> {
  const asked = Date.now();
  const [[{ ms }]] = (await db.raw('select cast(unix_timestamp(now(3)) * 1000 as unsigned) as ms')) as [
    [{ ms: number }],
  ];
  return Number(ms) - (asked + Date.now()) / 2;
}

async function askRedis(redis: Redis): Promise<number> {
  if (redis.status !== 'ready') throw new Error('Redis is away');
  const asked = Date.now();
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Number(micros) / 1000 - (asked + Date.now()) / 2;
}
