import { createHash, randomBytes } from 'node:crypto';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import { endSessions } from './ending.ts';
import {
  longestLife,
  presentToken,
  readToken,
  type Series,
  type SeriesKeeper,
  showToken,
  slidingLife,
} from './remembering.rules.ts';
import { notify } from './security-notices.ts';

/** Where a request came from. */
export interface Origin {
  userAgent: string;
  address: string;
}

export type EndedBecause = 'signed_out' | 'ended' | 'replaced' | 'theft';

/** A remembered browser as the database knows it. */
export interface RememberedSeries extends Series {
  id: number;
  userId: number;
  revision: number;
  secondFactor: boolean;
  endedBecause: EndedBecause | null;
}

/** What became of a cookie that was presented; `recovered` when the token given out before never came to be used. */
export type Presented =
  | { kind: 'worthless' }
  | { kind: 'ended'; because: EndedBecause | null }
  | { kind: 'theft'; userId: number }
  | { kind: 'first'; series: RememberedSeries; cookie: string; recovered: boolean }
  | { kind: 'joined'; series: RememberedSeries };

/** Begins a series for a browser; the cookie is seen here and never again. */
export async function rememberDevice(
  ctx: Ctx,
  userId: number,
  { userAgent, address, secondFactor }: Origin & { secondFactor: boolean },
): Promise<{ id: number; cookie: string }> {
  const [series, token] = [randomBytes(16).toString('hex'), randomBytes(32).toString('hex')];
  const now = ctx.now();
  const [id] = await ctx.db('remembered_devices').insert({
    user_id: userId,
    session_version: ctx.db('users').where({ id: userId }).select('session_version'),
    series_hash: sha256(series),
    token_hash: sha256(token),
    rotated_at: now,
    second_factor: secondFactor,
    user_agent: userAgent.slice(0, 400),
    address,
    began_at: now,
    expires_at: new Date(now.getTime() + slidingLife),
    ends_at: new Date(now.getTime() + longestLife),
  });
  return { id: Number(id), cookie: `${series}.${token}` };
}

/** A browser without a session asks to come in. A theft ends everything of its user. */
export async function presentCookie(
  ctx: Ctx,
  cookie: string | undefined,
  origin: Origin,
): Promise<Presented> {
  return await judgedBy(presentToken, ctx, cookie, origin);
}

/** A browser with a session shows that its token is still the last one. */
export async function showCookie(ctx: Ctx, cookie: string | undefined, origin: Origin): Promise<Presented> {
  return await judgedBy(showToken, ctx, cookie, origin);
}

async function judgedBy(
  judging: typeof presentToken,
  ctx: Ctx,
  cookie: string | undefined,
  origin: Origin,
): Promise<Presented> {
  const presented = readToken(cookie);
  if (!presented) return { kind: 'worthless' };
  const next = randomBytes(32).toString('hex');
  const { verdict, series } = await judging(
    keeperOf(ctx, presented.series, origin),
    sha256(presented.token).toString('hex'),
    sha256(next).toString('hex'),
    () => ctx.now().getTime(),
  );
  if (!series || verdict === 'unknown') return { kind: 'worthless' };
  if (verdict === 'ended') return { kind: 'ended', because: series.endedBecause };
  if (verdict === 'join') return { kind: 'joined', series };
  if (verdict === 'theft') {
    await endAfterTheft(ctx, series, origin);
    return { kind: 'theft', userId: series.userId };
  }
  return { kind: 'first', series, cookie: `${presented.series}.${next}`, recovered: verdict === 'recover' };
}

/** Read without a lock: `replace` sees by the revision whether it was the first. */
function keeperOf(ctx: Ctx, series: string, origin: Origin): SeriesKeeper<RememberedSeries> {
  return {
    find: () => findSeries(ctx, series),
    async replace(was, next) {
      const moved = next.rotatedAt !== was.rotatedAt || next.tokenHash !== was.tokenHash;
      const changed = await ctx
        .db('remembered_devices')
        .where({ id: was.id, revision: was.revision })
        .whereNull('ended_at')
        .update({
          revision: was.revision + 1,
          token_hash: Buffer.from(next.tokenHash, 'hex'),
          prev_hash: next.prevHash ? Buffer.from(next.prevHash, 'hex') : null,
          rotated_at: new Date(next.rotatedAt),
          settled_at: next.settled ? ctx.now() : null,
          expires_at: new Date(next.expiresAt),
          ...(moved && { user_agent: origin.userAgent.slice(0, 400), address: origin.address }),
        });
      return changed === 1;
    },
  };
}

/** A series of a user who is disabled, has another password or was signed out everywhere is not alive. */
async function findSeries(ctx: Ctx, series: string): Promise<RememberedSeries | undefined> {
  const row = await ctx
    .db('remembered_devices as device')
    .leftJoin('users as user', 'user.id', 'device.user_id')
    .leftJoin('session_limits as limits', 'limits.role', 'user.role')
    .where({ series_hash: sha256(series) })
    .first('device.*', 'limits.may_be_remembered', {
      current_version: 'user.session_version',
      disabled_at: 'user.disabled_at',
    });
  if (!row) return undefined;
  return {
    id: row.id,
    userId: row.user_id,
    revision: row.revision,
    tokenHash: row.token_hash.toString('hex'),
    prevHash: row.prev_hash?.toString('hex'),
    rotatedAt: row.rotated_at.getTime(),
    settled: row.settled_at !== null,
    expiresAt: row.expires_at.getTime(),
    endsAt: row.ends_at.getTime(),
    alive:
      !row.ended_at &&
      !row.disabled_at &&
      row.current_version === row.session_version &&
      row.may_be_remembered !== 0,
    secondFactor: row.second_factor === 1,
    endedBecause: row.ended_because,
  };
}

/** Whoever of thief and owner holds which token, nobody knows: all sessions and series of the user end. */
async function endAfterTheft(ctx: Ctx, { id, userId }: RememberedSeries, origin: Origin): Promise<void> {
  await transaction(ctx, async (tx) => {
    const device = await tx.db('remembered_devices').where({ id }).forUpdate().first('ended_at');
    if (device.ended_at) return; // another request of the same theft was here already
    await endSeries(tx, { user_id: userId }, 'theft');
    await endSessions(tx, userId);
    await notify(tx, {
      user_id: userId,
      kind: 'token_theft',
      user_agent: origin.userAgent.slice(0, 400),
      address: origin.address,
    });
    await record(tx, 'user.token_theft', 'user', userId, { deviceId: id, address: origin.address });
  });
}

/** Forgets the browser whose cookie this is. */
export async function forgetCookie(
  ctx: Ctx,
  cookie: string | undefined,
  because: EndedBecause,
): Promise<void> {
  const presented = readToken(cookie);
  if (presented) await endSeries(ctx, { series_hash: sha256(presented.series) }, because);
}

export async function endSeries(
  ctx: Ctx,
  which: { id?: number; user_id?: number; series_hash?: Buffer },
  because: EndedBecause,
): Promise<number> {
  return await ctx
    .db('remembered_devices')
    .where(which)
    .whereNull('ended_at')
    .update({
      ended_at: ctx.now(),
      ended_because: because,
      revision: ctx.db.raw('revision + 1'),
    });
}

function sha256(hex: string): Buffer {
  return createHash('sha256').update(hex, 'hex').digest();
}
