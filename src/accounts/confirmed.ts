import type { Request, RequestHandler, Response } from 'express';
import { Refusal } from '#lib/errors.ts';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { pageBefore, safePath } from '#lib/web/own-pages.ts';
import { wantsJson } from '#lib/web/request.ts';
import { storeOf } from '#lib/web/sessions.ts';
import { confirmForm } from './confirm-form.ts';
import { confirmedMinutes, isConfirmed, keepForm, openKeptForm } from './confirming.ts';
import { hasSecondFactor } from './second-factor/factors.ts';
import { demandCode, demandPassword } from './second-factor/proving.ts';

export interface Confirming {
  /** How long ago the last proof may be. */
  minutes?: number;
  /** Asks only for some of the requests. */
  when?: (req: Request) => boolean;
}

/** What holds personal data leaves the house all day long: once in a day's work is enough for it. */
export const onceADay = 12 * 60;

/**
 * Stands behind `allow` before what must not be done by whoever finds an open screen: asks for the password again
 * when it was typed too long ago. A page is opened after it; a form is kept, and done with the same button that sends
 * the password.
 */
export function confirmed({
  minutes = confirmedMinutes,
  when = () => true,
}: Confirming = {}): RequestHandler {
  return async (req, res, next) => {
    const answered = typeof req.body?._kept === 'string';
    const fresh = isConfirmed(req.session.confirmedAt, req.ctx.now(), minutes);
    if (answered) return answerKept(req, res, next, fresh);
    if (fresh || !when(req)) return next();
    if (wantsJson(req))
      return res.status(403).json({ error: '비밀번호를 다시 확인해야 합니다. 화면을 새로고침해 주세요.' });
    if (req.method === 'GET')
      return res.redirect(303, `/confirm-password?next=${encodeURIComponent(req.originalUrl)}`);
    if (req.is('multipart/form-data'))
      throw new Refusal('비밀번호를 다시 확인해야 합니다. 로그아웃하고 다시 로그인한 뒤 파일을 올려 주세요.');
    await ask(req, res, blankForm(), keepForm(req.ctx, { ...whose(req), body: req.body ?? {} }));
  };
}

/** The page came back: with the password, or after it was typed in another tab. */
async function answerKept(req: Request, res: Response, next: () => void, fresh: boolean): Promise<void> {
  const sealed = String(req.body._kept);
  const body = openKeptForm(req.ctx, sealed, whose(req));
  if (!body) throw new Refusal('입력한 내용을 오래 두어 버렸습니다. 이전 화면에서 다시 해 주세요.');
  if (!fresh) {
    const form = await confirm(req);
    if (!form.done) return ask(req, res.status(form.status), { ...form, values: {} }, sealed);
  }
  req.body = body;
  next();
}

function whose(req: Request) {
  return { userId: (req.user as Express.User).id, method: req.method, path: req.originalUrl };
}

/** Takes the password, or instead of it a code from whoever has a second factor. The session gets another id. */
export async function confirm(req: Request) {
  const user = req.user as Express.User;
  const form = await submit(confirmForm, req.body, async ({ password, code }) => {
    if (password) await demandPassword(req.ctx, user, password);
    else await demandCode(req.ctx, user.id, code);
  });
  if (form.done) {
    req.session.confirmedAt = req.ctx.now().getTime();
    await storeOf(req).moveOn(req);
  }
  return form;
}

async function ask(req: Request, res: Response, form: BlankForm, kept: string): Promise<void> {
  await showConfirm(req, res, form, { action: req.originalUrl, kept, next: '' });
}

export async function showConfirm(
  req: Request,
  res: Response,
  form: BlankForm,
  where: { action: string; kept: string; next: string },
): Promise<void> {
  const hasCode = await hasSecondFactor(req.ctx, (req.user as Express.User).id);
  res.render('accounts/confirm', { form, hasCode, confirmedMinutes, back: backFrom(req), ...where });
}

/** Where the button was pressed: for whoever changes their mind, and when the act is a file that leaves this page here. */
function backFrom(req: Request): string {
  return typeof req.body?._back === 'string' ? safePath(req.body._back) : (pageBefore(req) ?? '/');
}
