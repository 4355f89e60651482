import { type Request, type Response, Router } from 'express';
import { allow } from '#accounts';
import { followLines } from '#deliveries';
import { day } from '#lib/dates.ts';
import { Refusal } from '#lib/errors.ts';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { readListQuery } from '#lib/lists.ts';
import { sees } from '#lib/sight.ts';
import { csrfAfterUpload } from '#lib/web/csrf.ts';
import { idOf } from '#lib/web/request.ts';
import { takenFiles } from '#lib/web/uploads.ts';
import { applyResult, discardResult, lastAct, touchedSince, undoResult } from './applying.ts';
import { decisionsForm, seenForm, undoForm, uploadForm } from './forms.ts';
import { couriers, findCourier } from './known/index.ts';
import { listLocked } from './locked-files.ts';
import { parcelNo } from './parcels.rules.ts';
import { type Received, receiveResult } from './receiving.ts';
import { resultRowList } from './result-row-source.ts';
import { findEarlier, findResult, listResults, resultList, showPlan } from './results.ts';
import { sections } from './sections.rules.ts';
import { resultStateNames, resultStateTones } from './tables.ts';
import { takeFiles } from './uploading.ts';

export const resultRoutes = Router();
resultRoutes.use(allow('couriers.results'));

const words = {
  couriers,
  courierName: (code: string) => findCourier(code).name,
  parcelNo,
  stateNames: resultStateNames,
  tones: resultStateTones,
};

resultRoutes.get('/', async (req, res) => {
  await showResults(req, res, blankForm());
});

resultRoutes.post('/', takeFiles, csrfAfterUpload, async (req, res) => {
  const files = takenFiles(req);
  const form = await submit(uploadForm, req.body, async ({ courier, password, remember }) => {
    if (files.length === 0) throw new Refusal('올릴 파일을 골라 주세요.');
    const given = password ? { password, remember: Boolean(remember) } : undefined;
    const received: Received[] = [];
    for (const file of files) received.push(await receiveResult(req.ctx, file, courier || undefined, given));
    return { received, given };
  });
  if (!form.done) return showResults(req, res.status(form.status), form);
  const { received, given } = form.value;
  const locked = received.filter((one) => 'lockedId' in one);
  if (locked.length > 0 && given) {
    const values = { courier: String(req.body.courier ?? ''), remember: given.remember ? '1' : '' };
    return showResults(req, res.status(422), {
      values,
      errors: { password: locked[0]!.reason },
      message: '',
    });
  }
  res.redirect(303, received.length === 1 ? pageOf(received[0]!) : '/couriers/results');
});

function pageOf(received: Received): string {
  return 'lockedId' in received
    ? `/couriers/results/locked/${received.lockedId}`
    : `/couriers/results/${received.resultId}`;
}

resultRoutes.get('/:id', async (req, res) => {
  await showResult(req, res, blankForm());
});

resultRoutes.post('/:id/apply', async (req, res) => {
  const id = idOf(req);
  const form = await submit(decisionsForm, req.body, (decisions) =>
    applyResult(req.ctx, id, decisions, followLines, seenForm.safeParse(req.body).data?.seen),
  );
  if (!form.done) return showResult(req, res.status(form.status), form);
  const { changed, asking } = form.value;
  const left = asking > 0 ? ` 확인이 필요한 ${asking}행은 적용하지 않았습니다.` : '';
  req.flash(
    changed > 0 ? 'success' : 'info',
    changed > 0 ? `상품주문 ${changed}건을 발송으로 표시했습니다.${left}` : `바뀐 것이 없습니다.${left}`,
  );
  res.redirect(303, `/couriers/results/${id}`);
});

resultRoutes.post('/:id/discard', async (req, res) => {
  const id = idOf(req);
  const form = await submit(undoForm, req.body, () => discardResult(req.ctx, id));
  if (!form.done) return showResult(req, res.status(form.status), form);
  req.flash('info', '송장 결과를 버렸습니다. 바뀐 것은 없습니다.');
  res.redirect(303, '/couriers/results');
});

resultRoutes.post('/:id/undo', async (req, res) => {
  const id = idOf(req);
  const form = await submit(undoForm, req.body, ({ rest }) =>
    undoResult(req.ctx, id, rest === '1', followLines),
  );
  if (!form.done) return showResult(req, res.status(form.status), form, await touchedSince(req.ctx, id));
  req.flash('success', `상품주문 ${form.value}건의 발송을 되돌렸습니다.`);
  res.redirect(303, `/couriers/results/${id}`);
});

async function showResults(req: Request, res: Response, form: BlankForm): Promise<void> {
  const asked = readListQuery(req.query, resultList, day(req.ctx.now()));
  res.render('couriers/results', {
    ...words,
    ...(await listResults(req.ctx, asked)),
    locked: await listLocked(req.ctx),
    form,
  });
}

async function showResult(
  req: Request,
  res: Response,
  form: BlankForm,
  touched: string[] = [],
): Promise<void> {
  const result = await findResult(req.ctx, idOf(req));
  const plan = await showPlan(req.ctx, result);
  res.render('couriers/result', {
    lastAct: (await lastAct(req.ctx, result.id))?.id ?? 0,
    ...words,
    form,
    touched,
    result,
    masked: !sees(req.ctx, 'orders.personal', 'courier_result', result.id),
    earlier: await findEarlier(req.ctx, result),
    query: readListQuery({ result: String(result.id) }, resultRowList),
    sections: sections.map(({ kinds, title }) => ({
      title,
      asks: kinds.includes('ask_target'),
      plan: plan.filter(({ kind }) => kinds.includes(kind)),
    })),
    sending: plan.filter(({ acts }) => acts.length > 0).length,
    asking: plan.filter(({ kind }) => kind.startsWith('ask_')).length,
  });
}
