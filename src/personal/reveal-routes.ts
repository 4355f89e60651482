import { type Request, type Response, Router } from 'express';
import { allow } from '#accounts';
import { findImport } from '#channels';
import { findResult } from '#couriers';
import { findDelivery } from '#deliveries';
import { snapshot } from '#lib/batches.ts';
import { type Ctx, may } from '#lib/ctx.ts';
import { NotFound } from '#lib/errors.ts';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { type SubjectType, subjectTypes } from '#lib/sight.ts';
import { ownPath, pageBefore } from '#lib/web/own-pages.ts';
import { idOf, wantsJson } from '#lib/web/request.ts';
import { visibleLines } from '#orders';
import { findSheet } from '#partners';
import { revealForm } from './forms.ts';
import { beginRevealing, endRevealing, revealRecord, usualReasons } from './revealing.ts';

export const revealRoutes = Router();
revealRoutes.use(allow('personal.reveal'));

revealRoutes.get('/', (req, res) => {
  showReasons(req, res, ownPath(req.query.next) ?? cameFrom(req), blankForm());
});

revealRoutes.post('/', async (req, res) => {
  const next = ownPath(req.body?.next) ?? cameFrom(req);
  const form = await submit(revealForm, req.body, ({ reason }) => beginRevealing(req, reason));
  if (!form.done) return showReasons(req, res.status(form.status), next, form);
  res.redirect(303, next);
});

revealRoutes.post('/end', async (req, res) => {
  await endRevealing(req);
  req.flash('info', '이름, 연락처, 주소를 다시 가렸습니다.');
  res.redirect(303, ownPath(req.body?.next) ?? cameFrom(req));
});

/** One record, from its page or from its row in a list. */
revealRoutes.post('/:type/:id', async (req, res) => {
  const type = subjectTypes.find((known) => known === req.params.type);
  if (!type) throw new NotFound();
  const id = idOf(req);
  await finders[type](req.ctx, id);
  await revealRecord(req, type, id);
  if (wantsJson(req)) res.json({ revealed: true });
  else res.redirect(303, cameFrom(req));
});

/** Throws `NotFound` for a record whose people the actor may not know: what one may not see is not there. */
const finders: Record<SubjectType, (ctx: Ctx, id: number) => Promise<unknown>> = {
  order: async (ctx, id) => {
    if (!may(ctx, 'orders.personal')) throw new NotFound('찾는 주문이 없습니다.');
    const line = await snapshot(ctx, (snap) =>
      visibleLines(snap).where({ 'order_lines.order_id': id }).first('order_lines.id'),
    );
    if (!line) throw new NotFound('찾는 주문이 없습니다.');
  },
  delivery: async (ctx, id) => {
    if (!may(ctx, 'deliveries.personal')) throw new NotFound('찾는 배송이 없습니다.');
    await snapshot(ctx, (snap) => findDelivery(snap, id));
  },
  import: async (ctx, id) => {
    if (!may(ctx, 'imports.view') || !may(ctx, 'orders.personal')) throw new NotFound('없는 가져오기입니다.');
    await findImport(ctx, id);
  },
  courier_result: async (ctx, id) => {
    if (!may(ctx, 'orders.personal')) throw new NotFound('없는 송장 결과입니다.');
    await findResult(ctx, id);
  },
  partner_sheet: async (ctx, id) => {
    if (!may(ctx, 'orders.personal')) throw new NotFound('찾는 발주서가 없습니다.');
    await findSheet(ctx, id);
  },
};

function showReasons(req: Request, res: Response, next: string, form: BlankForm): void {
  res.render('personal/reveal', { form, next, usualReasons, session: req.ctx.sight?.session });
}

/** The page whose form was sent. */
function cameFrom(req: Request): string {
  const page = pageBefore(req);
  return page && !page.startsWith('/personal/') ? page : '/';
}
