import { type Request, type Response, Router } from 'express';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import type { AppModule } from '#lib/module.ts';
import { idOf } from '#lib/web/request.ts';
import { confirmed } from './confirmed.ts';
import { allow } from './permissions.ts';
import { permissionsOf } from './rights.ts';
import {
  choosePermissions,
  copyRole,
  deleteRole,
  renameRole,
  resetPermissions,
  setRoleScope,
} from './role-editing.ts';
import { anyForm, newRoleForm, permissionsForm, roleNameForm, roleScopeForm } from './role-forms.ts';
import { permissionGroups, shownRole } from './role-page.ts';
import { findRole, listRoles, listScopeChannels } from './roles.ts';

/** Roles, and what each may do. */
export const roleRoutes = Router();
roleRoutes.use(allow('roles.manage'));

roleRoutes.get('/', async (req, res) => {
  await showRoles(req, res, blankForm());
});

roleRoutes.post('/', confirmed(), async (req, res) => {
  const form = await submit(newRoleForm, req.body, ({ name, from }) =>
    copyRole(req.ctx, permissionsOf(modulesOf(req)), from, name),
  );
  if (!form.done) return showRoles(req, res.status(form.status), form);
  req.flash('success', '역할을 만들었습니다. 할 수 있는 일을 확인해 주세요.');
  res.redirect(303, `/roles/${form.value}`);
});

roleRoutes.get('/:id', async (req, res) => {
  await showRole(req, res, blankForm());
});

roleRoutes.post('/:id/permissions', confirmed(), async (req, res) => {
  const id = idOf(req);
  const form = await submit(permissionsForm, req.body, ({ grant, seen }) =>
    choosePermissions(req.ctx, permissionsOf(modulesOf(req)), id, new Set(grant), seen),
  );
  if (!form.done) return showRole(req, res.status(form.status), form, tickedIn(req, 'grant'));
  req.flash('success', '권한을 저장했습니다. 이 역할인 사람에게 바로 적용됩니다.');
  res.redirect(303, `/roles/${id}`);
});

roleRoutes.post('/:id/reset', confirmed(), async (req, res) => {
  const id = idOf(req);
  const form = await submit(anyForm, req.body, () =>
    resetPermissions(req.ctx, permissionsOf(modulesOf(req)), id),
  );
  if (!form.done) return showRole(req, res.status(form.status), form);
  req.flash('success', '권한을 기본값으로 되돌렸습니다.');
  res.redirect(303, `/roles/${id}`);
});

roleRoutes.post('/:id/scope', confirmed(), async (req, res) => {
  const id = idOf(req);
  const form = await submit(roleScopeForm, req.body, ({ scope, channel }) =>
    setRoleScope(req.ctx, id, scope, channel),
  );
  if (!form.done) return showRole(req, res.status(form.status), form);
  req.flash('success', '맡은 채널을 저장했습니다. 이 역할인 사람에게 바로 적용됩니다.');
  res.redirect(303, `/roles/${id}`);
});

roleRoutes.post('/:id/rename', confirmed(), async (req, res) => {
  const id = idOf(req);
  const form = await submit(roleNameForm, req.body, ({ name }) => renameRole(req.ctx, id, name));
  if (!form.done) return showRole(req, res.status(form.status), form);
  req.flash('success', '역할 이름을 바꿨습니다.');
  res.redirect(303, `/roles/${id}`);
});

roleRoutes.post('/:id/delete', confirmed(), async (req, res) => {
  const id = idOf(req);
  const form = await submit(anyForm, req.body, () => deleteRole(req.ctx, id));
  if (!form.done) return showRole(req, res.status(form.status), form);
  req.flash('success', `‘${form.value}’ 역할을 지웠습니다.`);
  res.redirect(303, '/roles');
});

function modulesOf(req: Request): readonly AppModule[] {
  return req.app.get('modules');
}

function tickedIn(req: Request, name: string): ReadonlySet<string> {
  return new Set([req.body?.[name] ?? []].flat().map(String));
}

async function showRoles(req: Request, res: Response, form: BlankForm): Promise<void> {
  const groups = permissionGroups(modulesOf(req));
  const roles = (await listRoles(req.ctx)).map((role) => shownRole(role, groups));
  res.render('accounts/roles', { form, roles, groups, channels: await listScopeChannels(req.ctx) });
}

/** `ticked` are the boxes of a page that could not be saved. */
async function showRole(
  req: Request,
  res: Response,
  form: BlankForm,
  ticked?: ReadonlySet<string>,
): Promise<void> {
  const [role, roles] = [await findRole(req.ctx, idOf(req)), await listRoles(req.ctx)];
  const typed = 'scope' in form.values;
  res.render('accounts/role', {
    form,
    role: shownRole(role, permissionGroups(modulesOf(req)), ticked),
    basis: roles.find(({ code }) => code === role.based_on)?.name ?? '',
    channels: await listScopeChannels(req.ctx),
    scope: typed ? form.values.scope : role.scope,
    chosen: new Set(typed ? [...tickedIn(req, 'channel')].map(Number) : role.channels),
  });
}
