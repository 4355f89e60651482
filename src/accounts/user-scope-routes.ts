import { type Request, type Response, Router } from 'express';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { idOf } from '#lib/web/request.ts';
import { confirmed } from './confirmed.ts';
import { allow } from './permissions.ts';
import { findUser } from './queries.ts';
import { userScopeForm } from './role-forms.ts';
import { listScopeChannels } from './roles.ts';
import { findUserScope, setUserScope } from './user-scope.ts';

/** Which channels a person works with. */
export const userScopeRoutes = Router();

userScopeRoutes.get('/:id/scope', allow('users.manage'), async (req, res) => {
  await showScope(req, res, blankForm());
});

userScopeRoutes.post('/:id/scope', allow('users.manage'), confirmed(), async (req, res) => {
  const user = await findUser(req.ctx, idOf(req));
  const form = await submit(userScopeForm, req.body, ({ scope, channel }) =>
    setUserScope(req.ctx, user.id, scope, channel),
  );
  if (!form.done) return showScope(req, res.status(form.status), form);
  req.flash('success', `${user.name} 님이 맡은 채널을 저장했습니다. 바로 적용됩니다.`);
  res.redirect(303, `/users/${user.id}/scope`);
});

async function showScope(req: Request, res: Response, form: BlankForm): Promise<void> {
  const person = await findUser(req.ctx, idOf(req));
  const choice = await findUserScope(req.ctx, person.id);
  const typed = 'scope' in form.values;
  const ticked = [req.body?.channel ?? []].flat().map(Number);
  res.render('accounts/user_scope', {
    form,
    person,
    role: choice.role,
    channels: await listScopeChannels(req.ctx),
    scope: typed ? form.values.scope : choice.scope,
    chosen: new Set(typed ? ticked : choice.channels),
  });
}
