import { type Request, Router } from 'express';
import { blankForm, submit } from '#lib/forms.ts';
import { ownPasswordForm } from './forms.ts';
import { renewSession } from './identity.ts';
import { changeOwnPassword } from './managing.ts';
import { roleNames, signedIn } from './permissions.ts';
import { hasSecondFactor } from './second-factor/factors.ts';
import { ownSession } from './signing-in.ts';

export const accountRoutes = Router();

accountRoutes.use(signedIn);

accountRoutes.get('/', async (req, res) => {
  res.render('accounts/show', { form: blankForm(), ...(await pageData(req)) });
});

accountRoutes.post('/password', async (req, res) => {
  const form = await submit(ownPasswordForm, req.body, (input) =>
    changeOwnPassword(req.ctx, input.current_password, input.new_password, ownSession(req.ip)),
  );
  if (!form.done) return res.status(form.status).render('accounts/show', { form, ...(await pageData(req)) });

  await renewSession(req, { proven: true });
  req.flash('success', '비밀번호를 바꿨습니다. 다른 기기에서는 로그아웃되었습니다.');
  res.redirect(303, '/account');
});

async function pageData(req: Request) {
  return {
    roleNames: await roleNames(req.ctx),
    secondFactor: await hasSecondFactor(req.ctx, (req.user as Express.User).id),
    provider: req.ctx.config.provider?.name,
  };
}
