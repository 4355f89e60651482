import { createHash } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { anonymous, type SignedInUser } from '#lib/web/request.ts';
import { isPassive, storeOf } from '#lib/web/sessions.ts';
import { beginSession } from './identity.ts';
import { findUser } from './queries.ts';
import {
  clearRememberCookie,
  noteRemembered,
  originOf,
  rememberCookie,
  setRememberCookie,
} from './remember-cookie.ts';
import { type Presented, presentCookie, type RememberedSeries, showCookie } from './remembering.ts';
import { type SessionLimits, standing, usualLimits, warningMs } from './session-limits.rules.ts';
import { findSessionLimits } from './session-limits.ts';
import { noteSession } from './session-notes.ts';
import { recordSignIn } from './signing-in.ts';
import { endSessionsOfSeries } from './signing-out.ts';

const minute = 60_000;
const showEvery = 3 * minute;
/** How long requests that were sent together find each other, and how long one waits for the first. */
const sharedSeconds = 60;
const patienceMs = 500;

/**
 * Behind `identify`, whose steps it takes again when a browser is let in by its cookie: keeps sessions within the
 * limits of their role, and begins one for a remembered browser. A page that asks by itself does neither: it would
 * keep a browser signed in that nobody sits at. Sockets do not pass here, for they can set no cookie.
 */
export function keepSignedIn(identify: readonly RequestHandler[]): RequestHandler {
  return (req, res, next) => {
    sit(req, res)
      .then(async (resumed) => {
        if (!resumed) return;
        await takeSteps(identify, req, res);
        await tellPage(req, res);
      })
      .then(() => next(), next);
  };
}

/** True when a session was begun or entered. */
async function sit(req: Request, res: Response): Promise<boolean> {
  if (req.user) await keepLimits(req, res);
  if (!req.user && req.session?.ownerId !== undefined) await leave(req);
  if (req.user) {
    await showToken(req, res);
    if (req.user) return false;
  }
  return isPassive(req) ? false : await resume(req, res);
}

async function keepLimits(req: Request, res: Response): Promise<void> {
  const { session } = req;
  const user = req.user as SignedInUser;
  const now = req.ctx.now().getTime();
  if (session.ownerId === undefined) await noteSession(req, user, undefined); // begun by the release before
  const limits = await findSessionLimits(req.ctx, user.role);
  const { idleMs, endsAt, over } = standing(limits, session.startedAt ?? now, now);
  if (over) return await leave(req);
  if (session.idleMs !== idleMs || session.endsAt !== endsAt) Object.assign(session, { idleMs, endsAt });
  setPageData(req, res, limits);
}

/** The session ends, and the request goes on as a stranger's. */
async function leave(req: Request): Promise<void> {
  await new Promise<void>((resolve, reject) =>
    req.session.regenerate((error: unknown) => (error ? reject(error) : resolve())),
  );
  req.user = undefined;
  req.ctx = { ...req.ctx, actor: anonymous };
}

/** A thief who uses a copy is noticed while the session of the real browser still lasts, not after it. */
async function showToken(req: Request, res: Response): Promise<void> {
  const { session, ctx } = req;
  const cookie = rememberCookie(req);
  const now = ctx.now().getTime();
  if (session.rememberedId === undefined || cookie === undefined || isPassive(req)) return;
  if (now - (session.tokenShownAt ?? 0) < showEvery) return;
  session.tokenShownAt = now;
  const presented = await showCookie(ctx, cookie, originOf(req));
  if (presented.kind === 'first') {
    setRememberCookie(req, res, presented.cookie);
    await endLost(req, presented);
  }
  if (presented.kind === 'theft') {
    await endAll(req, presented.userId);
    await leave(req);
    refuse(req, res, presented);
  }
}

/** Lets a remembered browser in. Requests that it sent together come into one session, so that their forms hold. */
async function resume(req: Request, res: Response): Promise<boolean> {
  const cookie = rememberCookie(req);
  if (cookie === undefined) return false;
  const presented = await presentCookie(req.ctx, cookie, originOf(req));
  if (presented.kind === 'theft') await endAll(req, presented.userId);
  if (presented.kind !== 'first' && presented.kind !== 'joined') {
    refuse(req, res, presented);
    return false;
  }
  const store = storeOf(req);
  const name = createHash('sha256').update(cookie).digest('hex');
  if (presented.kind === 'joined') {
    const sid = await store.awaitSession(name, patienceMs);
    if (sid && (await store.enter(req, sid))) return true;
  } else {
    setRememberCookie(req, res, presented.cookie);
    await endLost(req, presented);
  }

  await beginRemembered(req, presented.series);
  const sid = await store.shareSession(name, req.sessionID, sharedSeconds);
  if (sid !== req.sessionID) await changeOver(req, sid);
  else await recordSignIn(req.ctx, req.user as SignedInUser, signInData(req));
  return true;
}

/** A token that this browser never had may be in other hands: what came in by it ends. */
async function endLost(req: Request, presented: Extract<Presented, { kind: 'first' }>): Promise<void> {
  const { id, userId } = presented.series;
  if (presented.recovered) await endSessionsOfSeries(storeOf(req), userId, id, req.sessionID);
}

/** The first was slow, and another of the same browser began a session as well: one of them is enough. */
async function changeOver(req: Request, sid: string): Promise<void> {
  const store = storeOf(req);
  const own = req.sessionID;
  if (await store.enter(req, sid)) await store.end([own]);
}

async function beginRemembered(req: Request, series: RememberedSeries): Promise<void> {
  const user = await findUser(req.ctx, series.userId);
  await beginSession(req, user, {
    by: 'remembered',
    confirmed: false,
    secondFactor: series.secondFactor,
  });
  noteRemembered(req, user.id, series);
  await new Promise<void>((resolve, reject) =>
    req.session.save((error: unknown) => (error ? reject(error) : resolve())),
  );
}

function signInData(req: Request) {
  return {
    by: 'remembered',
    secondFactor: req.session.secondFactor === true,
    address: originOf(req).address,
  } as const;
}

/** The sessions of a robbed user end with their next request anyway; this ends their sockets too. */
async function endAll(req: Request, userId: number): Promise<void> {
  const store = storeOf(req);
  await store.end((await store.listOf(userId)).map(({ sid }) => sid));
}

function refuse(req: Request, res: Response, presented: Presented): void {
  clearRememberCookie(req, res);
  if (presented.kind === 'theft' || (presented.kind === 'ended' && presented.because === 'theft'))
    req.session.flashes = [{ kind: 'danger', message: stolenMessage }];
}

const stolenMessage =
  '로그인 유지 정보가 다른 곳에서도 쓰인 것으로 보여, 모든 기기에서 로그아웃했습니다. 다시 로그인한 뒤 보안 알림을 확인해 주세요.';

async function takeSteps(steps: readonly RequestHandler[], req: Request, res: Response): Promise<void> {
  for (const step of steps) {
    await new Promise<void>((resolve, reject) => {
      void step(req, res, (error?: unknown) => (error ? reject(error) : resolve()));
    });
  }
}

async function tellPage(req: Request, res: Response): Promise<void> {
  if (req.user) setPageData(req, res, await findSessionLimits(req.ctx, req.user.role));
}

/** What the layout tells the page about its session; see behaviors/session_clock.js. */
function setPageData(req: Request, res: Response, limits: SessionLimits = usualLimits): void {
  const { session } = req;
  const now = req.ctx.now().getTime();
  res.locals.sitting = {
    leftMs: Math.min(session.idleMs ?? 0, (session.endsAt ?? now) - now),
    warningMs: warningMs(limits),
    remembered: session.rememberedId !== undefined,
    keptForm: session.keptForm !== undefined,
    noticesUnread: session.noticesUnread === true,
  };
}
