import { setTimeout as sleep } from 'node:timers/promises';
import argon2 from 'argon2';
import { openDb } from '#lib/db.ts';
import type { Settings } from './app.ts';
import { type Ask, Person } from './person.ts';

export const password = '젖은 우산 셋을 말린다';

export interface Traffic {
  people: readonly Person[];
  /** All that was asked, in the order of the answers. */
  asks: readonly Ask[];
  /** Signs everybody in, some at a time; returns how many are in. */
  signIn(how?: { remember?: boolean }): Promise<number>;
  /** Each goes round and round with a pause between two rounds, until `end`. */
  begin(round: (person: Person, turn: number) => Promise<unknown>, pauseMs: number): void;
  /** Lets everybody finish what they are at. */
  end(): Promise<void>;
  /** Closes the connections; the cookies stay. */
  close(): void;
}

/** Writes people of a role into the database: `person1`, `person2`, …, whose passwords are cheap to check. */
export async function hire(
  { DATABASE_URL }: Settings,
  count: number,
  { role = 'office', prefix = 'person' } = {},
): Promise<void> {
  const password_hash = await argon2.hash(password.normalize('NFC'), { memoryCost: 64, timeCost: 2 });
  const db = openDb(DATABASE_URL!, { max: 1 });
  try {
    const rows = Array.from({ length: count }, (_, at) => ({
      login: `${prefix}${at + 1}`,
      name: `사람${at + 1}`,
      role,
      password_hash,
    }));
    for (let at = 0; at < rows.length; at += 100) await db('users').insert(rows.slice(at, at + 100));
  } finally {
    await db.destroy();
  }
}

/** People who were hired, at their browsers. */
export function openTraffic(
  origin: () => string,
  { count, prefix = 'person', patienceMs }: { count: number; prefix?: string; patienceMs?: number },
): Traffic {
  const asks: Ask[] = [];
  const tell = (ask: Ask) => void asks.push(ask);
  const people = Array.from(
    { length: count },
    (_, at) => new Person({ login: `${prefix}${at + 1}`, password, origin, patienceMs, tell }),
  );
  let isOver = false;
  let rounds: Promise<unknown>[] = [];

  return {
    people,
    asks,
    async signIn(how) {
      let inside = 0;
      const waiting = [...people];
      const takeTurns = async () => {
        for (let person = waiting.shift(); person; person = waiting.shift())
          if (await person.signIn(how)) inside += 1;
      };
      await Promise.all(Array.from({ length: 8 }, takeTurns));
      return inside;
    },
    begin(round, pauseMs) {
      isOver = false;
      rounds = people.map(async (person, at) => {
        await sleep((pauseMs * at) / people.length); // not all at one moment
        for (let turn = at; !isOver; turn++) {
          await round(person, turn);
          const restUntil = performance.now() + pauseMs * (0.5 + Math.random());
          while (!isOver && performance.now() < restUntil)
            await sleep(Math.min(200, Math.max(1, restUntil - performance.now())));
        }
      });
    },
    async end() {
      isOver = true;
      await Promise.all(rounds);
    },
    close() {
      for (const person of people) person.close();
    },
  };
}

/** Reads the lists and an order; every fourth time does something to it, which writes database and session. */
export async function lookAndAct(person: Person, turn: number): Promise<void> {
  const list = await person.get(turn % 2 ? '/orders' : '/orders?status=new');
  const ids = [...list.text.matchAll(/name="ids" value="(\d+)"/g)].map((match) => match[1]!);
  const orders = [...list.text.matchAll(/href="\/orders\/(\d+)"/g)].map((match) => match[1]!);
  if (orders.length > 0) await person.get(`/orders/${orders[turn % orders.length]}`);
  if (turn % 4 !== 0 || ids.length === 0) return;
  const own = ids[turn % ids.length]!;
  if (turn % 8 === 0) await person.post('/orders/hold', { ids: own, reason: '훈련' });
  else await person.post('/orders/release', { ids: own });
}

export interface Window {
  since?: number;
  until?: number;
  /** Only these acts. */
  acts?: RegExp;
}

/** Those begun within the window. */
export function within(
  asks: readonly Ask[],
  { since = 0, until = Number.POSITIVE_INFINITY, acts }: Window,
): Ask[] {
  return asks.filter(({ at, act }) => at >= since && at < until && (!acts || acts.test(act)));
}

export function failedOf(asks: readonly Ask[], window: Window = {}): Ask[] {
  return within(asks, window).filter((ask) => ask.failure !== undefined);
}

/** What failed and how often, for people: `3 × GET /orders: answered 500`. */
export function failuresInWords(asks: readonly Ask[]): string[] {
  const counted = new Map<string, number>();
  for (const { act, failure } of asks) {
    if (!failure) continue;
    const words = `${act}: ${failure}`;
    counted.set(words, (counted.get(words) ?? 0) + 1);
  }
  return [...counted].sort((a, b) => b[1] - a[1]).map(([words, n]) => `${n} × ${words}`);
}

/**
 * The longest time, in ms, in which nobody got a good answer although people were asking: between two good answers, or
 * from the beginning or to the end of the window. Of acts that are asked for many times a second.
 */
export function outage(asks: readonly Ask[], window: Window & { since: number; until: number }): number {
  const { since, until } = window;
  const answered = within(asks, { acts: window.acts })
    .filter((ask) => !ask.failure)
    .map(({ at, ms }) => at + ms)
    .filter((at) => at >= since && at <= until)
    .sort((a, b) => a - b);
  let longest = 0;
  let last = since;
  for (const at of [...answered, until]) {
    longest = Math.max(longest, at - last);
    last = at;
  }
  return longest;
}

export function percentile(asks: readonly Ask[], part: number): number {
  const times = asks.map(({ ms }) => ms).sort((a, b) => a - b);
  return times[Math.max(0, Math.ceil(times.length * part) - 1)] ?? Number.NaN;
}
