import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { allow } from '#accounts';
import { snapshot } from '#lib/batches.ts';
import { addDays, day } from '#lib/dates.ts';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { listUrl, offsetOf, readListQuery, withinTotal } from '#lib/lists.ts';
import { idOf } from '#lib/web/request.ts';
import { rowKindNames } from './fields.rules.ts';
import { partnerForm, rangeForm, selectionForm, usualPurpose } from './forms.ts';
import { addProducts, listProducts, productList, removeProducts } from './owning.ts';
import {
  changePartner,
  countWaiting,
  createPartner,
  findPartner,
  listPartners,
  partnerList,
  setActive,
} from './partners.ts';
import { readDrafts, sendSheet } from './sending.ts';
import { countsInWords, itemCount, sheetNumber } from './sheet.rules.ts';
import { latestVisibleSheet, listSheets, sheetList, shownEntry } from './sheets.ts';
import { changesInWords } from './supplement.rules.ts';

export const routes = Router();

const words = { sheetNumber, rowKindNames, changesInWords, countsInWords };

routes.get('/', allow('partners.view'), async (req, res) => {
  const asked = readListQuery(req.query, partnerList, day(req.ctx.now()));
  const { partners, counts } = await listPartners(req.ctx, asked);
  const query = withinTotal(asked, partners.length);
  const shown = partners.slice(offsetOf(query), offsetOf(query) + query.size);
  res.render('partners/index', { ...words, partners: shown, counts, query, total: partners.length });
});

routes.get('/new', allow('partners.edit'), (_req, res) => {
  res.render('partners/form', { form: blankForm({ purpose: usualPurpose }), partner: undefined });
});

routes.post('/', allow('partners.edit'), async (req, res) => {
  const form = await submit(partnerForm, req.body, (given) => createPartner(req.ctx, given));
  if (!form.done) return res.status(form.status).render('partners/form', { form, partner: undefined });

  req.flash('success', '협력사를 만들었습니다. 이제 이 협력사의 상품을 골라 주세요.');
  res.redirect(303, `/partners/${form.value}/products?owner=free`);
});

routes.get('/:id', allow('partners.view'), async (req, res) => {
  await renderPartner(req, res, blankForm());
});

routes.get('/:id/edit', allow('partners.edit'), async (req, res) => {
  const partner = await findPartner(req.ctx, idOf(req));
  const { name, contact, phone, memo, purpose } = partner;
  res.render('partners/form', { form: blankForm({ name, contact, phone, memo, purpose }), partner });
});

routes.post('/:id', allow('partners.edit'), async (req, res) => {
  const partner = await findPartner(req.ctx, idOf(req));
  const form = await submit(partnerForm, req.body, (given) => changePartner(req.ctx, partner.id, given));
  if (!form.done) return res.status(form.status).render('partners/form', { form, partner });

  req.flash('success', '협력사 정보를 저장했습니다.');
  res.redirect(303, `/partners/${partner.id}`);
});

for (const [act, active, done] of [
  ['disable', false, '거래를 멈췄습니다. 이 협력사에는 발주하지 않습니다.'],
  ['enable', true, '다시 거래합니다.'],
] as const) {
  routes.post(`/:id/${act}`, allow('partners.edit'), async (req, res) => {
    const id = idOf(req);
    await setActive(req.ctx, id, active);
    req.flash('success', done);
    res.redirect(303, `/partners/${id}`);
  });
}

routes.get('/:id/products', allow('partners.view'), async (req, res) => {
  const partner = await findPartner(req.ctx, idOf(req));
  const asked = readListQuery(req.query, productList, day(req.ctx.now()));
  res.render('partners/products', { partner, ...(await listProducts(req.ctx, partner.id, asked)) });
});

for (const [act, change, done] of [
  ['add', addProducts, '이 협력사의 상품으로 정했습니다.'],
  ['remove', removeProducts, '이 협력사에서 뺐습니다. 이미 발주한 것은 그대로 있습니다.'],
] as const) {
  routes.post(`/:id/products/${act}`, allow('partners.edit'), async (req, res) => {
    const partner = await findPartner(req.ctx, idOf(req));
    const form = await submit(selectionForm, req.body, ({ ids }) => change(req.ctx, partner.id, ids));
    if (!form.done) req.flash('danger', form.errors.ids ?? form.message);
    else if (form.value === 0) req.flash('info', '이미 그렇게 되어 있어 바뀐 것이 없습니다.');
    else req.flash('success', `상품 ${form.value}개를 ${done}`);
    const query = readListQuery(req.body ?? {}, productList, day(req.ctx.now()));
    res.redirect(303, listUrl(`/partners/${partner.id}/products`, query, { page: query.page }));
  });
}

routes.get('/:id/sheets', allow('partners.view'), async (req, res) => {
  const partner = await findPartner(req.ctx, idOf(req));
  const asked = readListQuery(req.query, sheetList, day(req.ctx.now()));
  res.render('partners/sheets', { ...words, partner, ...(await listSheets(req.ctx, partner.id, asked)) });
});

routes.post('/:id/sheets', allow('partners.purchase'), async (req, res) => {
  const { id } = await findPartner(req.ctx, idOf(req));
  const body = (req.body ?? {}) as Record<string, unknown>;
  const form =
    body.scope === 'range'
      ? await submit(rangeForm, body, ({ from, to }) => sendSheet(req.ctx, id, { scope: 'range', from, to }))
      : await submit(z.unknown(), body, () =>
          sendSheet(req.ctx, id, { scope: body.scope === 'supplement' ? 'supplement' : 'waiting' }),
        );
  if (!form.done) return renderPartner(req, res.status(form.status), form);

  req.flash('success', '발주서를 만들었습니다. 파일을 받아 협력사에 보내 주세요.');
  res.redirect(303, `/partners/sheets/${form.value}`);
});

const mostShown = 100;

async function renderPartner(req: Request, res: Response, form: BlankForm): Promise<void> {
  const { ctx } = req;
  const partner = await findPartner(ctx, idOf(req));
  const today = day(ctx.now());
  const { waiting, supplement, early } = await snapshot(ctx, async (snap) => {
    const supplement = await readDrafts(snap, partner, { scope: 'supplement' });
    return {
      supplement,
      waiting: supplement.filter(({ kind }) => kind === 'added'),
      early: (await countWaiting(snap, 'new')).get(partner.id)?.lines ?? 0,
    };
  });
  const changed = supplement.filter(({ kind }) => kind !== 'added');
  const asked = readListQuery({ size: '20' }, sheetList, today);
  const { sheets, total } = await listSheets(ctx, partner.id, asked);
  const products = await listProducts(ctx, partner.id, readListQuery({ size: '20' }, productList, today));
  res.render('partners/show', {
    ...words,
    form,
    partner,
    waiting: {
      count: waiting.length,
      items: itemCount(waiting),
      entries: waiting.slice(0, mostShown).map((entry) => shownEntry(ctx, entry)),
    },
    changed: {
      count: changed.length,
      words: countsInWords(changed),
      entries: changed.slice(0, mostShown).map((entry) => shownEntry(ctx, entry)),
    },
    early,
    base: await latestVisibleSheet(ctx, partner.id),
    sheets,
    sheetTotal: total,
    products,
    range: { from: form.values.from ?? addDays(today, -6), to: form.values.to ?? today },
  });
}
