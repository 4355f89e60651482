import { type Request, type Response, Router } from 'express';
import { NotFound } from '#lib/errors.ts';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { firstAdminForm, linkPasswordForm } from './forms.ts';
import { insertUser } from './managing.ts';
import { checkFirstAdminLink, findPersonOfLink, makeFirstAdmin, useLink } from './password-links.ts';
import { allowLink, countLostLink } from './throttling.ts';

/** Whoever holds a link may open these: they need no sign-in. Looking at one uses nothing up. */
export const passwordLinkRoutes = Router();

passwordLinkRoutes.get('/:token', async (req, res) => {
  await showLink(req, res, blankForm());
});

passwordLinkRoutes.post('/:token', async (req, res) => {
  if (!(await isOpen(req, res, findPersonOfLink))) return;
  const form = await submit(linkPasswordForm, req.body, ({ new_password }) =>
    useLink(req.ctx, tokenOf(req), new_password),
  );
  if (!form.done) return showLink(req, res.status(form.status), form);
  req.flash('success', '비밀번호를 정했습니다. 새 비밀번호로 로그인해 주세요.');
  res.redirect(303, '/sign-in');
});

export const firstAdminRoutes = Router();

firstAdminRoutes.get('/:token', async (req, res) => {
  if (!(await isOpen(req, res, checkFirstAdminLink))) return;
  res.render('accounts/first_admin', { form: blankForm(), token: tokenOf(req) });
});

firstAdminRoutes.post('/:token', async (req, res) => {
  if (!(await isOpen(req, res, checkFirstAdminLink))) return;
  const form = await submit(firstAdminForm, req.body, ({ login, name, new_password }) =>
    makeFirstAdmin(req.ctx, tokenOf(req), { login, name, password: new_password }, insertUser),
  );
  if (!form.done)
    return res.status(form.status).render('accounts/first_admin', { form, token: tokenOf(req) });
  req.flash('success', '첫 관리자를 만들었습니다. 방금 정한 아이디와 비밀번호로 로그인해 주세요.');
  res.redirect(303, '/sign-in');
});

async function showLink(req: Request, res: Response, form: BlankForm): Promise<void> {
  const person = await isOpen(req, res, findPersonOfLink);
  if (person) res.render('accounts/password_link', { form, person: person.found, token: tokenOf(req) });
}

/** What the link leads to; says so when it leads nowhere any more. */
async function isOpen<T>(
  req: Request,
  res: Response,
  find: (ctx: Request['ctx'], token: string) => Promise<T>,
): Promise<{ found: T } | undefined> {
  await allowLink(req.ctx, req.ip ?? '');
  try {
    return { found: await find(req.ctx, tokenOf(req)) };
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    await countLostLink(req.ctx, req.ip ?? '');
    res.status(404).render('accounts/link_gone', { message: error.message });
    return undefined;
  }
}

function tokenOf(req: Request): string {
  return String(req.params.token);
}
