import { randomBytes } from 'node:crypto';
import argon2 from 'argon2';
import { Refusal } from '#lib/errors.ts';

const cost = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export const shortestPassword = 8;
const longestPassword = 200;

/** The argon2id hash to store. A password may be typed in pieces on a Mac: NFC makes both the same. */
export async function hashPassword(password: string): Promise<string> {
  const text = password.normalize('NFC');
  if (text.length < shortestPassword)
    throw new Refusal(`비밀번호는 ${shortestPassword}자 이상이어야 합니다.`);
  if (text.length > longestPassword) throw new Refusal(`비밀번호는 ${longestPassword}자를 넘을 수 없습니다.`);
  return argon2.hash(text, cost);
}

let nobodysHash: Promise<string> | undefined;

/** Takes as long when there is no such user, so that the time does not tell who exists. */
export async function verifyPassword(hash: string | undefined, password: string): Promise<boolean> {
  nobodysHash ??= argon2.hash(randomBytes(32), cost);
  const text = password.normalize('NFC').slice(0, longestPassword);
  const matches = await argon2.verify(hash ?? (await nobodysHash), text);
  return hash !== undefined && matches;
}
