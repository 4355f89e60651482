import { randomBytes } from 'node:crypto';
import { longestPassword } from './passwords/choosing.rules.ts';
import { compareHash, computeHash, cost } from './passwords/hashing.ts';

/** The argon2id hash to store. A password may be typed in pieces on a Mac: NFC makes both the same. */
export async function hashPassword(password: string): Promise<string> {
  return computeHash(password.normalize('NFC'));
}

/**
 * Takes as long when there is no such user, so that the time does not tell who exists. What is longer than any
 * password is none: nothing is cut off.
 */
export async function verifyPassword(hash: string | undefined, password: string): Promise<boolean> {
  const text = password.normalize('NFC');
  const fits = [...text].length <= longestPassword;
  const matches = await compareHash(hash ?? noPassword(), fits ? text : '');
  return hash !== undefined && fits && matches;
}

/** Reads like any hash, takes as long, and no password leads to it. */
export function noPassword(): string {
  const [salt, tag] = [randomBytes(16), randomBytes(32)].map((bytes) =>
    bytes.toString('base64').replace(/=+$/, ''),
  );
  return `$argon2id$v=19$m=${cost.memoryCost},p=${cost.parallelism},t=${cost.timeCost}$${salt}$${tag}`;
}
