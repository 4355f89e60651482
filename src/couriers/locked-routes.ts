import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { allow } from '#accounts';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { idOf } from '#lib/web/request.ts';
import { findCourier } from './known/index.ts';
import { discardLocked, findLocked, openLocked } from './locked-files.ts';

/** Files of couriers' that wait for their password. */
export const lockedRoutes = Router();
lockedRoutes.use(allow('couriers.results'));

const passwordForm = z.object({
  password: z
    .string('비밀번호를 입력해 주세요.')
    .min(1, '비밀번호를 입력해 주세요.')
    .max(255, '비밀번호는 255자까지 넣을 수 있습니다.'),
  remember: z.string().optional(),
});

lockedRoutes.get('/:id', async (req, res) => {
  await showLocked(req, res, blankForm());
});

lockedRoutes.post('/:id/open', async (req, res) => {
  const form = await submit(passwordForm, req.body, ({ password, remember }) =>
    openLocked(req.ctx, idOf(req), { password, remember: Boolean(remember) }),
  );
  if (!form.done && form.status === 409) {
    req.flash('danger', form.message);
    return res.redirect(303, '/couriers/results');
  }
  if (!form.done) return showLocked(req, res.status(form.status), form);
  res.redirect(303, `/couriers/results/${form.value}`);
});

lockedRoutes.post('/:id/discard', async (req, res) => {
  await discardLocked(req.ctx, idOf(req));
  req.flash('info', '잠긴 파일을 버렸습니다. 바뀐 것은 없습니다.');
  res.redirect(303, '/couriers/results');
});

async function showLocked(req: Request, res: Response, form: BlankForm): Promise<void> {
  const locked = await findLocked(req.ctx, idOf(req));
  const courier = locked.courier ? findCourier(locked.courier).name : undefined;
  res.render('couriers/locked', { locked, courier, form });
}
