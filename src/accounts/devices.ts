import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { NotFound, Unavailable } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import type { ListedSession, SessionStore } from '#lib/web/sessions.ts';
import { type Device, devicesOf, type OpenSession, type Remembered } from './devices.rules.ts';
import { endSessions } from './ending.ts';
import { endSeries } from './remembering.ts';

/**
 * Where a person is signed in: what is open comes from the session store and vanishes with it, what is remembered from
 * the database, so that a store that was emptied hides no browser that may come back.
 */
export async function listDevices(
  ctx: Ctx,
  store: SessionStore,
  userId: number,
  presentSid?: string,
): Promise<Device[]> {
  return devicesOf(await openSessions(ctx, store, userId), await rememberedOf(ctx, userId), presentSid);
}

/** Ends what one row shows: the session, or the remembered browser with its sessions. */
export async function endDevice(ctx: Ctx, store: SessionStore, userId: number, key: string): Promise<void> {
  const sessions = await openSessions(ctx, store, userId);
  const rememberedId = /^r(\d{1,15})$/.exec(key)?.[1];
  const ending = sessions.filter((session) =>
    rememberedId ? session.rememberedId === Number(rememberedId) : session.key === key,
  );
  const ended = await transaction(ctx, async (tx) => {
    const series = rememberedId
      ? await endSeries(tx, { id: Number(rememberedId), user_id: userId }, 'ended')
      : 0;
    if (series === 0 && ending.length === 0) return false;
    await record(tx, 'user.device_ended', 'user', userId, {
      remembered: series > 0,
      sessions: ending.length,
    });
    return true;
  });
  if (!ended) throw new NotFound('이미 로그아웃된 기기입니다.');
  if (!(await store.endForSure(ending.map(({ sid }) => sid)))) throw new Unavailable(endedHereOnly);
}

const endedHereOnly =
  '기기를 로그아웃했습니다. 다만 서버(Redis)를 바꾸는 중이라 확실하게 저장하지 못했습니다. 잠시 뒤 목록에 남아 있으면 다시 로그아웃해 주세요.';

/**
 * Ends all of a person's sessions and remembered browsers; whoever is to go on must begin anew behind this. The version
 * ends also what no list knows of; the store is told so that sockets do not wait for it.
 */
export async function endAllDevices(ctx: Ctx, store: SessionStore, userId: number): Promise<void> {
  const sessions = await store.listOf(userId);
  await transaction(ctx, async (tx) => {
    await endSessions(tx, userId);
    const series = await endSeries(tx, { user_id: userId }, 'ended');
    await record(tx, 'user.devices_ended', 'user', userId, { remembered: series, sessions: sessions.length });
  });
  await store.end(sessions.map(({ sid }) => sid));
}

async function openSessions(ctx: Ctx, store: SessionStore, userId: number): Promise<OpenSession[]> {
  const user = await ctx.db('users').where({ id: userId }).first('session_version');
  if (!user) throw new NotFound('찾는 사용자가 없습니다.');
  return (await store.listOf(userId))
    .filter(({ data }) => versionOf(data) === user.session_version)
    .map(({ sid, data, seenAt }) => ({
      sid,
      key: data.deviceKey ?? '',
      userAgent: data.userAgent ?? '',
      address: data.address ?? '',
      startedAt: data.startedAt ?? seenAt,
      seenAt,
      rememberedId: data.rememberedId,
    }));
}

function versionOf(data: ListedSession['data']): number | undefined {
  return (data as { passport?: { user?: { version: number } } }).passport?.user?.version;
}

async function rememberedOf(ctx: Ctx, userId: number): Promise<Remembered[]> {
  const rows = await ctx
    .db('remembered_devices as device')
    .join('users as user', (join) =>
      join.on('user.id', 'device.user_id').andOn('user.session_version', 'device.session_version'),
    )
    .leftJoin('session_limits as limits', 'limits.role', 'user.role')
    .where('device.user_id', userId)
    .whereNull('device.ended_at')
    .whereNull('user.disabled_at')
    .where('device.expires_at', '>', ctx.now())
    .whereRaw('coalesce(limits.may_be_remembered, 1) = 1')
    .select('device.*');
  return rows.map((row) => ({
    id: row.id,
    userAgent: row.user_agent,
    address: row.address,
    beganAt: row.began_at.getTime(),
    usedAt: row.rotated_at.getTime(),
    until: row.expires_at.getTime(),
  }));
}
