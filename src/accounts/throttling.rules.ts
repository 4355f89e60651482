import type { AttemptRule } from '#lib/attempts.ts';
import { dateTime } from '#lib/dates.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** One account from one place: what a person notices who has forgotten their password. */
export const accountFromPlace: AttemptRule = {
  name: 'account-place',
  free: 5,
  firstWait: 5,
  longestWait: 15 * minute,
  memory: day,
};

/** One account from all places that are no known browsers of its person: a guess spread over many addresses. */
export const accountFromStrangers: AttemptRule = {
  name: 'account',
  free: 10,
  firstWait: 5,
  longestWait: 5 * minute,
  memory: day,
};

/** A known browser of the account; what strangers do does not touch it. */
export const accountFromKnownBrowser: AttemptRule = {
  name: 'account-browser',
  free: 5,
  firstWait: 5,
  longestWait: 15 * minute,
  memory: day,
};

/** One place for all accounts: a list of passwords tried on many people. An office behind one address fits in. */
export const place: AttemptRule = {
  name: 'place',
  free: 60,
  firstWait: 10,
  longestWait: 15 * minute,
  memory: hour,
};

/** Links that lead nowhere, from one place: nobody can guess one, and nobody shall try all day. */
export const linksFromPlace: AttemptRule = {
  name: 'link-place',
  free: 60,
  firstWait: 10,
  longestWait: 15 * minute,
  memory: hour,
};

/** So many failures of strangers lock an account for them, so many seconds. */
export const failuresThatLock = 30;
export const lockSeconds = hour;

/** A browser that has failed as often is known no longer: its cookie may have been taken. */
export const failuresThatEstrange = 20;

/** An IPv6 network belongs to one customer as an IPv4 address does. */
export function placeOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail = ''] = plain.toLowerCase().split('::');
  const before = head ? head.split(':') : [];
  const after = tail ? tail.split(':') : [];
  const missing = plain.includes('::') ? 8 - before.length - after.length : 0;
  const groups = [...before, ...Array<string>(Math.max(missing, 0)).fill('0'), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

/** When one may try again, as a person would say it: 20초 뒤에, 12분 뒤(15:42)에. */
export function waitInWords(waitMs: number, now: Date): string {
  const seconds = Math.max(Math.ceil(waitMs / 1000), 1);
  if (seconds < 90) return `${seconds}초 뒤에`;
  const then = dateTime(new Date(Math.ceil((now.getTime() + waitMs) / 60_000) * 60_000)).slice(11, 16);
  return `${Math.ceil(seconds / minute)}분 뒤(${then})에`;
}
