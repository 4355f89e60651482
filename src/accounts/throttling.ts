import type { AttemptRule } from '#lib/attempts.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { notify } from './security-notices.ts';
import type { UserRow } from './tables.ts';
import {
  accountFromKnownBrowser,
  accountFromPlace,
  accountFromStrangers,
  failuresThatEstrange,
  failuresThatLock,
  linksFromPlace,
  lockSeconds,
  place,
  placeOf,
  waitInWords,
} from './throttling.rules.ts';

/** Too early for another attempt. */
export class TooSoon extends Refusal {
  override name = 'TooSoon';
  override readonly status = 429;
  constructor(waitMs: number, now: Date) {
    super(`비밀번호를 여러 번 틀려 잠시 막았습니다. ${waitInWords(waitMs, now)} 다시 시도해 주세요.`);
  }
}

/** Throws when too many links from this place led nowhere. */
export async function allowLink(ctx: Ctx, address: string): Promise<void> {
  const wait = await ctx.attempts.waitFor(linksFromPlace, placeOf(address));
  if (wait > 0) throw new TooManyLinks(wait, ctx.now());
}

export async function countLostLink(ctx: Ctx, address: string): Promise<void> {
  await ctx.attempts.add(linksFromPlace, placeOf(address));
}

class TooManyLinks extends Refusal {
  override readonly status = 429;
  constructor(waitMs: number, now: Date) {
    super(
      `쓸 수 없는 링크를 너무 많이 열어 잠시 막았습니다. ${waitInWords(waitMs, now)} 다시 시도해 주세요.`,
    );
  }
}

/** Who tries, and from where. */
export interface Guesser {
  login: string;
  address: string;
  /** Names the browser when the account's person has signed in with it before. */
  browser?: string;
}

/** An attempt that may be made and has been counted. */
export interface Allowed {
  /** The password was right: what led here is forgotten. */
  succeeded(): Promise<void>;
  failed(): Promise<void>;
}

/**
 * Lets an attempt through or throws `TooSoon`. An account nobody has is treated like any other: neither the answer
 * nor the wait tells. `user` is the account's row when there is one.
 */
export async function allowAttempt(ctx: Ctx, guesser: Guesser, user: UserRow | undefined): Promise<Allowed> {
  // A new password and an unlocked account begin to count anew, wherever the attempts came from.
  const account = `${guesser.login} ${user?.attempt_series ?? 0}`;
  const known = guesser.browser && (await isStillKnown(ctx, account, guesser.browser));
  return known ? allowKnown(ctx, account, guesser, user) : allowStranger(ctx, account, guesser, user);
}

async function isStillKnown(ctx: Ctx, account: string, browser: string): Promise<boolean> {
  return (await ctx.attempts.waitFor(estranged, `${account} ${browser}`)) === 0;
}

/** Holds browsers that failed too often. */
const estranged: AttemptRule = { ...accountFromKnownBrowser, name: 'estranged-browser' };
const estrangedSeconds = 30 * 24 * 60 * 60;

async function allowKnown(
  ctx: Ctx,
  account: string,
  { browser, address }: Guesser,
  user: UserRow | undefined,
): Promise<Allowed> {
  const key = `${account} ${browser}`;
  const count = await take(ctx, [[accountFromKnownBrowser, key]]);
  return {
    succeeded: () => ctx.attempts.forget(accountFromKnownBrowser, key),
    async failed() {
      if (count >= failuresThatEstrange) await ctx.attempts.shut(estranged, key, estrangedSeconds);
      await recordFailure(ctx, user, { address, knownBrowser: true });
    },
  };
}

async function allowStranger(
  ctx: Ctx,
  account: string,
  { address }: Guesser,
  user: UserRow | undefined,
): Promise<Allowed> {
  const from = placeOf(address);
  const pair = `${account} ${from}`;
  const wait = await ctx.attempts.waitFor(place, from);
  refuseWhileWaiting(ctx, wait);
  if (user && isLocked(user, ctx.now()))
    throw new TooSoon(user.locked_until!.getTime() - ctx.now().getTime(), ctx.now());

  const count = await take(ctx, [
    [accountFromPlace, pair],
    [accountFromStrangers, account],
  ]);
  return {
    async succeeded() {
      await Promise.all([
        ctx.attempts.forget(accountFromPlace, pair),
        ctx.attempts.forget(accountFromStrangers, account),
      ]);
      if (user?.locked_until) await endLock(ctx, user);
    },
    async failed() {
      await ctx.attempts.add(place, from);
      await recordFailure(ctx, user, { address, knownBrowser: false });
      if (count < failuresThatLock) return;
      await ctx.attempts.shut(accountFromStrangers, account, lockSeconds);
      if (user) await lock(ctx, user, count);
    },
  };
}

/** The count of the last rule. Nothing is counted when one of them has to wait already. */
async function take(ctx: Ctx, rules: readonly (readonly [AttemptRule, string])[]): Promise<number> {
  const waits = await Promise.all(rules.map(([rule, key]) => ctx.attempts.waitFor(rule, key)));
  refuseWhileWaiting(ctx, Math.max(...waits));
  const taken = await Promise.all(rules.map(([rule, key]) => ctx.attempts.take(rule, key)));
  refuseWhileWaiting(ctx, Math.max(...taken.map(({ wait }) => wait)));
  return taken.at(-1)!.count;
}

function refuseWhileWaiting(ctx: Ctx, wait: number): void {
  if (wait > 0) throw new TooSoon(wait, ctx.now());
}

export function isLocked(user: { locked_until: Date | null }, now: Date): boolean {
  return user.locked_until !== null && user.locked_until > now;
}

/** The system locks, not the one who guesses. People who are signed in stay, and their known browsers come in. */
async function lock(ctx: Ctx, { id }: UserRow, failures: number): Promise<void> {
  const until = new Date(ctx.now().getTime() + lockSeconds * 1000);
  await transaction(ctx, async (tx) => {
    const user: UserRow = await tx.db('users').where({ id }).forUpdate().first();
    if (isLocked(user, tx.now())) return;
    await tx.db('users').where({ id }).update({ locked_until: until });
    await notify(tx, { user_id: id, kind: 'locked' });
    await record(tx, 'user.locked', 'user', id, { failures, until });
  });
}

/** The time of the lock is over and its person has come in. */
async function endLock(ctx: Ctx, { id }: UserRow): Promise<void> {
  await transaction(ctx, async (tx) => {
    await tx.db('users').where({ id }).update({ locked_until: null });
    await record(tx, 'user.unlocked', 'user', id, { by: 'time' });
  });
}

/** Failures on accounts nobody has are kept as well, under no account; what was typed may be a password. */
async function recordFailure(
  ctx: Ctx,
  user: UserRow | undefined,
  data: { address: string; knownBrowser: boolean },
): Promise<void> {
  await transaction(ctx, (tx) => record(tx, 'user.sign_in_failed', 'user', user?.id ?? 0, data));
}
