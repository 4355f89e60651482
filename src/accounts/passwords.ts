import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import argon2 from 'argon2';
import { Refusal } from '#lib/errors.ts';
import { longestPassword } from './passwords/choosing.rules.ts';

/** The floor of OWASP: what a guess costs a thief of the table. Measured in bench/sign-in.ts. */
const cost = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** The argon2id hash to store. A password may be typed in pieces on a Mac: NFC makes both the same. */
export async function hashPassword(password: string): Promise<string> {
  return inTurn(() => argon2.hash(password.normalize('NFC'), cost));
}

/**
 * Takes as long when there is no such user, so that the time does not tell who exists. What is longer than any
 * password is none: nothing is cut off.
 */
export async function verifyPassword(hash: string | undefined, password: string): Promise<boolean> {
  const text = password.normalize('NFC');
  const fits = [...text].length <= longestPassword;
  const matches = await inTurn(() => argon2.verify(hash ?? noPassword(), fits ? text : ''));
  return hash !== undefined && fits && matches;
}

/** Reads like any hash, takes as long, and no password leads to it. */
export function noPassword(): string {
  const [salt, tag] = [randomBytes(16), randomBytes(32)].map((bytes) =>
    bytes.toString('base64').replace(/=+$/, ''),
  );
  return `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$${salt}$${tag}`;
}

/**
 * Hashes at once in this process. They run on threads of their own, but as many threads as there are processors
 * would take all of them from the pages: one is left. The others wait, and a crowd nobody could wait for is turned away.
 */
const atOnce = Math.max(1, availableParallelism() - 1);
const longestQueue = 400;
let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= atOnce) {
    if (waiting.length >= longestQueue)
      throw new Refusal('지금 로그인하려는 사람이 너무 많습니다. 잠시 뒤 다시 시도해 주세요.');
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running++;
  }
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}
