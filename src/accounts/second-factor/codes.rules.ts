import { createHmac, randomInt } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

const periodSeconds = 30;

/** What phones read: SHA-1, six digits and thirty seconds are all that every authenticator understands. */
function totpOf(secret: Uint8Array, label = ''): TOTP {
  return new TOTP({ issuer: '모아', label, secret: new Secret({ buffer: Uint8Array.from(secret).buffer }) });
}

export function newSecret(): Uint8Array {
  return new Secret({ size: 20 }).bytes;
}

/** The address in the picture that a phone scans. */
export function enrolmentUrl(secret: Uint8Array, login: string): string {
  return totpOf(secret, login).toString();
}

/** The secret as a person types it, in groups of four. */
export function typedKey(secret: Uint8Array): string {
  return grouped(totpOf(secret).secret.base32, ' ');
}

/**
 * The time step the code belongs to: this one, the one before or the one after, and newer than the last one that was
 * taken. Undefined for any other code: a code read over a shoulder is worth nothing once it was used.
 */
export function stepOfCode(
  secret: Uint8Array,
  code: string,
  now: Date,
  lastStep: number,
): number | undefined {
  const token = code.replace(/[\s-]/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  const timestamp = now.getTime();
  const delta = totpOf(secret).validate({ token, timestamp, window: 1 });
  if (delta === null) return undefined;
  const step = Math.floor(timestamp / 1000 / periodSeconds) + delta;
  return step > lastStep ? step : undefined;
}

export const recoveryCodeCount = 10;

/** No 0 and O, no 1, I and L: they are copied from paper. */
const alphabet = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

/** Ten codes of sixteen characters, 79 bits each. */
export function newRecoveryCodes(): string[] {
  const character = () => alphabet[randomInt(alphabet.length)] as string;
  return Array.from({ length: recoveryCodeCount }, () =>
    grouped(Array.from({ length: 16 }, character).join(''), '-'),
  );
}

/** Keyed, so that what leaks from the database alone cannot be guessed at. Typing small or without hyphens is the same. */
export function hashRecoveryCode(key: Buffer, userId: number, code: string): Buffer {
  const plain = code.toUpperCase().replace(/[^0-9A-Z]/g, '');
  return createHmac('sha256', key).update(`${userId}:${plain}`).digest();
}

const grouped = (text: string, between: string) => text.match(/.{1,4}/g)?.join(between) ?? '';

const freeFailures = 5;
const longestMinutes = 60;

/** How long no code is taken after so many wrong ones in a row: the fifth costs a minute, each further twice as long. */
export function blockedMinutes(failures: number): number {
  return failures < freeFailures ? 0 : Math.min(2 ** (failures - freeFailures), longestMinutes);
}
