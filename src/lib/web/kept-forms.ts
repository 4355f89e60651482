import { createHash, randomUUID } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { authorOfForm, hasCsrfToken, isVouchedFor } from '#lib/web/csrf.ts';
import { pageOver } from '#lib/web/form-addresses.ts';
import { pageBefore } from '#lib/web/own-pages.ts';
import { wantsJson } from '#lib/web/request.ts';
import { storeOf } from '#lib/web/sessions.ts';

declare module 'express-session' {
  interface SessionData {
    /** Names a form that was sent too late, until its author is back on its page. */
    keptForm?: string;
  }
}

/** A form that was sent when its session had ended. */
export interface KeptForm {
  authorId: number;
  /** The page it stood on, and where it was sent. */
  page: string;
  action: string;
  fields: [string, string][];
}

const seconds = 30 * 60;
const purpose = 'kept forms';

/** Where a page brings what was typed and not sent when it is told that the session has ended. */
const unsentPath = '/session/late-form';
/** Whoever signs out when their session has ended wants nothing kept. */
const signOutPath = '/sign-out';

/** What proves who somebody is never rests anywhere, and neither do our own fields. */
const notKept = /password|passwd|secret|token|otp|totp|recovery|^username$|^code$|^_/i;

/**
 * Keeps what was typed into a form whose session has ended meanwhile. Its token says for whom it was made: it is
 * sealed, for half an hour, and opened for that person alone, also when somebody else signs in on this browser.
 */
export const keepLateForms: RequestHandler = (req, res, next) => {
  if (req.method !== 'POST' || !req.is('urlencoded') || !isVouchedFor(req) || wantsJson(req)) return next();
  const unsent = req.path === unsentPath;
  if (req.path === signOutPath || (hasCsrfToken(req) && !unsent)) return next();
  const [authorId, page] = [authorOfForm(req), pageOf(req)];
  if (!authorId || !page) return next();
  if (req.user && req.user.id !== authorId) return next();

  const action = unsent ? String(req.body._late_action) : req.originalUrl;
  keep(req, { authorId, page, action, fields: fieldsOf(req.body) }).then(() => {
    if (!req.user) req.flash('info', '로그인이 끝났습니다. 다시 로그인하면 적던 내용이 그대로 나옵니다.');
    if (unsent) res.status(204).end();
    else res.redirect(303, req.user ? page : `/sign-in?next=${encodeURIComponent(page)}`);
  }, next);
};

/** Keeps a form whose sender has to prove more first, as far as it may be kept; says where they come back to. */
export async function keepHeldForm(req: Request): Promise<string> {
  const page = pageOf(req);
  if (!req.user || !page || !req.is('urlencoded')) return page ?? '/';
  await keep(req, { authorId: req.user.id, page, action: req.originalUrl, fields: fieldsOf(req.body) });
  return page;
}

async function keep(req: Request, form: KeptForm): Promise<void> {
  const id = randomUUID();
  const sealed = req.ctx.vault.seal(purpose, Buffer.from(JSON.stringify(form)));
  await storeOf(req).keepText(`form:${nameOf(id)}`, sealed.toString('base64'), seconds);
  req.session.keptForm = id;
}

/** The kept form, once, when the person is its author and back on its page. Another's form is thrown away. */
export async function takeKeptForm(req: Request, page: string): Promise<KeptForm | undefined> {
  const id = req.session.keptForm;
  if (!id) return undefined;
  const text = await storeOf(req).keptText(`form:${nameOf(id)}`);
  const form = text ? open(req, text) : undefined;
  if (form && form.authorId === req.user?.id && form.page !== page) return undefined;
  delete req.session.keptForm;
  await storeOf(req).forgetText(`form:${nameOf(id)}`);
  return form?.authorId === req.user?.id ? form : undefined;
}

/** True while a form waits for this person to be back. */
export async function isFormKept(req: Request): Promise<boolean> {
  const id = req.session?.keptForm;
  return id !== undefined && (await storeOf(req).keptText(`form:${nameOf(id)}`)) !== undefined;
}

function open(req: Request, text: string): KeptForm | undefined {
  try {
    return JSON.parse(req.ctx.vault.open(purpose, Buffer.from(text, 'base64')).toString()) as KeptForm;
  } catch {
    return undefined;
  }
}

/** The key in Redis does not open a session that names it. */
function nameOf(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}

function fieldsOf(body: unknown): [string, string][] {
  return Object.entries((body ?? {}) as Record<string, unknown>)
    .filter(([name]) => !notKept.test(name))
    .flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, String(one)]));
}

/** The page whose form was sent, when it is ours and can be opened. */
function pageOf(req: Request): string | undefined {
  const page = pageBefore(req);
  const path = page?.split('?')[0];
  const shown = path && pageOver(req.app, path);
  return shown === path ? page : shown;
}
