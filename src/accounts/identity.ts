import type { Request, RequestHandler, Response } from 'express';
import type { SessionData } from 'express-session';
import passport from 'passport';
import { Strategy } from 'passport-local';
import type { AppModule } from '#lib/module.ts';
import type { SignedInUser } from '#lib/web/request.ts';
import { knowBrowser, knownBrowser } from './known-browsers.ts';
import { keepForSure } from './lasting.ts';
import { findOptionalUser, findUser } from './queries.ts';
import { remember } from './remember-cookie.ts';
import { actorOf, permissionsOf } from './rights.ts';
import { noteSession } from './session-notes.ts';
import { judgeSignIn } from './sign-in-rules/keeping-to.ts';
import { authenticate } from './signing-in.ts';

/** What a session keeps of its user. Another version means: signed out everywhere since. */
interface SessionUser {
  id: number;
  version: number;
}

/** The one there is, for every way of signing in: it holds no state, requests bring their own context along. */
export const authenticator = new passport.Passport();

authenticator.use(
  new Strategy(
    { usernameField: 'login', passwordField: 'password', passReqToCallback: true },
    (req, login, password, done) => {
      const browserOf = (userId?: number) => knownBrowser(req, userId);
      authenticate(req.ctx, login, password, { address: req.ip ?? '', browserOf }).then((user) => {
        if (user) knowBrowser(req, user.id);
        done(null, user ?? false);
      }, done);
    },
  ),
);

authenticator.serializeUser<SessionUser>((user, done) => {
  const { id, session_version } = user as SignedInUser & { session_version: number };
  done(null, { id, version: session_version });
});

authenticator.deserializeUser<SessionUser, Request>((req, { id, version }, done) => {
  findOptionalUser(req.ctx, id).then((user) => {
    done(null, user && !user.disabled_at && user.session_version === version ? user : false);
  }, done);
});

/** Finds out who asks; behind the session. */
export function identify(modules: readonly AppModule[]): RequestHandler[] {
  const permissions = permissionsOf(modules);
  const nameActor: RequestHandler = (req, _res, next) => {
    if (!req.user) return next();
    actorOf(req.ctx, req.user, modules).then((actor) => {
      req.ctx = { ...req.ctx, actor, permissions };
      next();
    }, next);
  };
  return [authenticator.session(), nameActor, judgeSignIn];
}

/**
 * After an act that ends all sessions of its person, this browser goes on in another. Unless they were asked for the
 * password it is no younger than the one before and proves nothing new.
 */
export async function renewSession(req: Request, { proven }: { proven: boolean }): Promise<void> {
  const { session } = req;
  const { signedInBy = 'password', secondFactor, rememberedId, startedAt, confirmedAt } = session;
  const user = await findUser(req.ctx, (req.user as SignedInUser).id);
  const before = proven ? undefined : { startedAt, confirmedAt };
  await beginSession(req, user, { by: signedInBy, confirmed: proven, secondFactor }, before);
  if (req.res) await keepForSure(req, req.res, notGoneOn);
  req.session.noticesUnread = session.noticesUnread; // what somebody does here they need not be told here
  if (rememberedId !== undefined && req.res) await remember(req, req.res, user, { secondFactor });
}

const notGoneOn =
  '하신 일은 저장했고, 다른 로그인은 모두 끝났습니다. 다만 이 브라우저의 로그인 정보를 확실하게 저장하지 못했습니다. 잠시 뒤 다시 로그인해 주세요.';

export function signOut(req: Request): Promise<void> {
  return new Promise((resolve, reject) => req.logout((error) => (error ? reject(error) : resolve())));
}

/** The person whose login and password were typed. */
export function checkPassword(req: Request, res: Response): Promise<SignedInUser | undefined> {
  return new Promise((resolve, reject) => {
    const answer = (error: unknown, user: SignedInUser | false) =>
      error ? reject(error) : resolve(user || undefined);
    authenticator.authenticate('local', answer)(req, res, reject);
  });
}

/** How a session was begun. */
export interface Begun {
  by: NonNullable<SessionData['signedInBy']>;
  /** The person has just proved who they are, and not only shown a cookie or another site's word. */
  confirmed: boolean;
  secondFactor: boolean | undefined;
}

/**
 * Passport gives the session a new id, so that one planted before the sign-in is worth nothing. `before` is the session
 * that this one goes on from.
 */
export async function beginSession(
  req: Request,
  user: SignedInUser,
  begun: Begun,
  before: Pick<SessionData, 'startedAt' | 'confirmedAt'> = {},
): Promise<void> {
  const { keptForm } = req.session;
  await new Promise<void>((resolve, reject) =>
    req.login(user, (error: unknown) => (error ? reject(error) : resolve())),
  );
  const now = req.ctx.now().getTime();
  req.session.startedAt = before.startedAt ?? now;
  req.session.signedInBy = begun.by;
  req.session.confirmedAt = begun.confirmed ? now : before.confirmedAt;
  req.session.secondFactor = begun.secondFactor;
  await noteSession(req, user, keptForm);
}
