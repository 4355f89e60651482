import { Router } from 'express';
import { blankForm } from '#lib/forms.ts';
import { safePath } from '#lib/web/own-pages.ts';
import { confirm, showConfirm } from './confirmed.ts';

import { signedIn } from './permissions.ts';

/** Where pages send whoever has to prove anew who they are, and what brings them back. */
export const confirmingRoutes = Router();

confirmingRoutes.use(signedIn);

confirmingRoutes.get('/', async (req, res) => {
  const next = safePath(req.query.next);
  await showConfirm(req, res, blankForm(), { action: '/confirm-password', kept: '', next });
});

confirmingRoutes.post('/', async (req, res) => {
  const next = safePath(req.body?.next);
  const form = await confirm(req);
  if (!form.done) {
    const page = { ...form, values: {} };
    return showConfirm(req, res.status(form.status), page, { action: '/confirm-password', kept: '', next });
  }
  res.redirect(303, next);
});
