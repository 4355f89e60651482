import type { Request, RequestHandler, Response } from 'express';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import { keepHeldForm } from '#lib/web/kept-forms.ts';
import { anonymous, wantsJson } from '#lib/web/request.ts';
import { hasSecondFactor } from '../second-factor/factors.ts';
import { plainAddress } from './addresses.rules.ts';
import { demandsOn } from './rules.ts';

/** Why a signed-in person gets no further: the place they come from, or a second factor that is still to come. */
type Hold = { because: 'place'; address: string } | { because: 'second factor'; enrolled: boolean };

const holds = new WeakMap<object, Hold>();

export function addressOf(req: Request): string {
  return plainAddress(req.ip);
}

/**
 * Looks at every request, not only at the sign-in: a rule saved meanwhile and a notebook taken home count at once.
 * Whoever is held may do nothing at all, whatever the way they ask, sockets too.
 */
export const judgeSignIn: RequestHandler = async (req, _res, next) => {
  holds.delete(req);
  if (!req.user) return next();
  const hold = await holdOn(req, req.user);
  if (hold) {
    holds.set(req, hold);
    req.ctx = { ...req.ctx, actor: hold.because === 'place' ? anonymous : powerless(req.user) };
  }
  next();
};

async function holdOn(req: Request, user: { id: number; role: string }): Promise<Hold | undefined> {
  const address = addressOf(req);
  const demands = await demandsOn(req.ctx, user.role, address);
  if (!demands.placeAllowed) return { because: 'place', address };
  if (!demands.secondFactor || req.session.secondFactor) return undefined;
  return { because: 'second factor', enrolled: await hasSecondFactor(req.ctx, user.id) };
}

export function isHeld(req: Request): boolean {
  return holds.has(req);
}

/** Whether the rules as they are now would hold somebody who came in with this request before. */
export async function isHeldByNow(req: Request, user: { id: number; role: string }): Promise<boolean> {
  return (await holdOn(req, user)) !== undefined;
}

const openToHeld = /^\/(sign-out|sign-in\/second-factor|account\/second-factor(\/.*)?)$/;

/** Shows held people the one page that gets them further. Stands before all routes. */
export const showHeld: RequestHandler = async (req, res, next) => {
  const hold = req.user && holds.get(req);
  if (!hold || req.path === '/sign-out') return next();
  if (hold.because === 'place') {
    await recordRefusedPlace(req, hold.address);
    return refusePlace(req, res, hold.address);
  }
  if (openToHeld.test(req.path)) return next();
  if (wantsJson(req)) return res.status(403).json({ error: '2단계 인증이 필요합니다.' });
  const page = req.method === 'GET' ? req.originalUrl : await keepHeldForm(req);
  const question = hold.enrolled ? '/sign-in/second-factor' : '/account/second-factor';
  res.redirect(303, `${question}?next=${encodeURIComponent(page)}`);
};

/** The page for somebody who comes from elsewhere. */
export function refusePlace(req: Request, res: Response, address: string): void {
  res.status(403);
  if (wantsJson(req)) res.json({ error: `이 주소(${address})에서는 쓸 수 없습니다.`, requestId: req.id });
  else res.render('accounts/place_refused', { address, signedIn: req.user !== undefined });
}

/** Once for each session and address: a page left open asks again and again. */
async function recordRefusedPlace(req: Request, address: string): Promise<void> {
  if (req.session.refusedFrom === address) return;
  req.session.refusedFrom = address;
  await recordRefusal(req.ctx, req.user as Express.User, address, 'request');
}

export async function recordRefusal(
  ctx: Ctx,
  user: { id: number; name: string },
  address: string,
  at: 'sign-in' | 'request',
): Promise<void> {
  await transaction({ ...ctx, actor: powerless(user) }, (tx) =>
    record(tx, 'user.place_refused', 'user', user.id, { address, at }),
  );
}

const powerless = ({ id, name }: { id: number; name: string }) => ({ ...anonymous, id, name });
