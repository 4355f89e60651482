import { setTimeout as sleep } from 'node:timers/promises';
import { Person } from './person.ts';
import { password } from './traffic.ts';

/** Somebody who was told that they are in, or out, and the browser that proves it. */
export interface Told {
  person: Person;
  isIn: boolean;
  at: number;
}

export interface SignIns {
  told: readonly Told[];
  /** How often somebody was told that it could not be done. */
  refused(): number;
  end(): Promise<void>;
}

/**
 * People who sign in again and again, each time at a new browser; every other one signs out at once. What they were
 * told must still be so when a server has been lost.
 */
export function keepSigningIn(
  origin: () => string,
  { count, prefix, pauseMs }: { count: number; prefix: string; pauseMs: number },
): SignIns {
  const told: Told[] = [];
  let refused = 0;
  let isOver = false;

  const loops = Array.from({ length: count }, async (_, at) => {
    await sleep((pauseMs * at) / count);
    for (let turn = at; !isOver; turn++) {
      const person = new Person({ login: `${prefix}${at + 1}`, password, origin, tell: () => {} });
      if (await signIn(person)) {
        const one = { person, isIn: true, at: performance.now() };
        if (turn % 2 === 0 || (await signOut(person))) told.push({ ...one, isIn: turn % 2 === 0 });
        else refused++;
      } else refused++;
      person.close();
      await sleep(pauseMs);
    }
  });
  return {
    told,
    refused: () => refused,
    async end() {
      isOver = true;
      await Promise.all(loops);
    },
  };

  /** True when the answer said so; whether it is so is looked at afterwards. */
  async function signIn(person: Person): Promise<boolean> {
    await person.get('/sign-in');
    const answer = await person.post('/sign-in', { login: person.login, password });
    return answer.status === 303 && !answer.location.startsWith('/sign-in');
  }

  /** Keeps the cookies from before, for it is they that must be worth nothing. */
  async function signOut(person: Person): Promise<boolean> {
    await person.get('/account');
    const before = new Map(person.cookies);
    const answer = await person.post('/sign-out');
    person.cookies.clear();
    for (const [name, value] of before) person.cookies.set(name, value);
    return answer.status === 303;
  }
}

/** Those for whom it is not so any more: signed in and asked to sign in, or signed out and in again. */
export async function broken(told: readonly Told[]): Promise<Told[]> {
  const found: Told[] = [];
  const waiting = [...told];
  const look = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      const { status } = await one.person.get('/account');
      if ((status === 200) !== one.isIn) found.push(one);
      one.person.close();
    }
  };
  await Promise.all(Array.from({ length: 8 }, look));
  return found;
}
