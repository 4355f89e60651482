import { Router } from 'express';
import { z } from 'zod';
import { allow } from '#accounts';
import { submit } from '#lib/forms.ts';
import { idOf } from '#lib/web/request.ts';
import { importPage } from '../import-page.ts';
import { dismissWaiting } from './dismissing.ts';

/** Deciding that rows need not wait for their order any longer. */
export const waitingRoutes = Router();

const noneChosen = '기다리지 않을 행을 골라 주세요.';

/** Row numbers of the file, or `all`. */
const dismissForm = z.object({
  all: z.string().optional(),
  ids: z.preprocess(
    (value) => (value === undefined ? [] : [value].flat()),
    z.array(z.coerce.number(noneChosen).int(noneChosen).positive(noneChosen)).max(1000, noneChosen),
  ),
});

waitingRoutes.post('/:id/waiting/dismiss', allow('imports.apply'), async (req, res) => {
  const id = idOf(req);
  const form = await submit(dismissForm, req.body, ({ all, ids }) =>
    dismissWaiting(req.ctx, id, all ? 'all' : ids),
  );
  if (!form.done) {
    const page = await importPage(req.ctx, id, { ...req.query, kind: 'waiting' });
    return res.status(form.status).render('channels/import', { form, ...page });
  }
  req.flash(
    'info',
    `${form.value.toLocaleString('ko-KR')}건은 더 기다리지 않습니다. 주문은 바뀌지 않았습니다.`,
  );
  res.redirect(303, `/imports/${id}`);
});
