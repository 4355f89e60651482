import type { Request, RequestHandler } from 'express';
import passport from 'passport';
import { Strategy } from 'passport-local';
import type { AppModule } from '#lib/module.ts';
import type { SignedInUser } from '#lib/web/request.ts';
import { findOptionalUser, findUser } from './queries.ts';
import { actorOf } from './rights.ts';
import { authenticate, recordSignIn } from './signing-in.ts';

/** What a session keeps of its user. Another version means: signed out everywhere since. */
interface SessionUser {
  id: number;
  version: number;
}

/** Holds no state: requests bring their own context along. */
const authenticator = new passport.Passport();

authenticator.use(
  new Strategy(
    { usernameField: 'login', passwordField: 'password', passReqToCallback: true },
    (req, login, password, done) => {
      authenticate(req.ctx, login, password).then((user) => done(null, user ?? false), done);
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
  const nameActor: RequestHandler = (req, _res, next) => {
    if (!req.user) return next();
    actorOf(req.ctx, req.user, modules).then((actor) => {
      req.ctx = { ...req.ctx, actor };
      next();
    }, next);
  };
  return [authenticator.session(), nameActor];
}

/** Checks what was typed and begins a new session; false when login and password do not belong together. */
export async function signIn(req: Request, res: Parameters<RequestHandler>[1]): Promise<boolean> {
  const user = await check(req, res);
  if (!user) return false;
  await beginSession(req, user);
  await recordSignIn(req.ctx, user);
  return true;
}

/** After a new password the old session would end; this begins another. */
export async function renewSession(req: Request): Promise<void> {
  await beginSession(req, await findUser(req.ctx, (req.user as SignedInUser).id));
}

export function signOut(req: Request): Promise<void> {
  return new Promise((resolve, reject) => req.logout((error) => (error ? reject(error) : resolve())));
}

function check(req: Request, res: Parameters<RequestHandler>[1]): Promise<SignedInUser | undefined> {
  return new Promise((resolve, reject) => {
    const answer = (error: unknown, user: SignedInUser | false) =>
      error ? reject(error) : resolve(user || undefined);
    authenticator.authenticate('local', answer)(req, res, reject);
  });
}

/** Passport gives the session a new id, so that one planted before the sign-in is worth nothing. */
function beginSession(req: Request, user: SignedInUser): Promise<void> {
  return new Promise((resolve, reject) =>
    req.login(user, (error: unknown) => (error ? reject(error) : resolve())),
  );
}
