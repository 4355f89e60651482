import { randomUUID } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import { allow } from '#accounts';
import { recordAccess } from '#lib/access.ts';
import { day } from '#lib/dates.ts';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { readListQuery } from '#lib/lists.ts';
import { formatPhone } from '#lib/phone.ts';
import { unmasked } from '#lib/sight.ts';
import { Forbidden } from '#lib/web/errors.ts';
import { idOf } from '#lib/web/request.ts';
import { allowSources } from '#lib/web/security.ts';
import { canDispatch, methodNames, statusNames } from '#orders';
import { purchasesOf } from '#partners';
import { listGoods } from '#products';
import { cancelStoreLine, correctStoreOrder, openLines } from './correcting.ts';
import { enterStoreOrder, isSubmitted } from './entering.ts';
import { cancelForm, correctionForm, newStoreForm, orderForm, storeForm } from './forms.ts';
import { formMethods, lineField, promisedFrom, typedRows } from './order-form.rules.ts';
import { paymentMethodNames, paymentMethods } from './payment.rules.ts';
import { lastPrices } from './prices.ts';
import { readRegion } from './regions.ts';
import { findStoreOrder, type StoreOrder } from './showing.ts';
import { storeList } from './store-source.ts';
import {
  addStore,
  changeStore,
  closeStore,
  findStore,
  lastStoreOf,
  listOpenStores,
  listStores,
  reopenStore,
} from './stores.ts';

/** Stands beside the pages of the orders. */
export const orderFormRoutes = Router();

/** What views need to put an order form into words. */
const words = { formMethods, methodNames, statusNames, paymentMethods, paymentMethodNames, lineField };

orderFormRoutes.get('/new', allow('orders.enter'), async (req, res) => {
  await showForm(req, res, blankForm(await freshValues(req)), true);
});

orderFormRoutes.post('/new', allow('orders.enter'), async (req, res) => {
  const form = await submit(orderForm, req.body, (input) => enterStoreOrder(req.ctx, input));
  if (!form.done) {
    const message = form.errors.form ?? form.message;
    // a form that was refused gets another key: sent again, it is meant as an order of its own
    const values = form.status === 409 ? { ...form.values, key: randomUUID() } : form.values;
    return showForm(req, res.status(form.status), { ...form, values, message }, false);
  }
  const { id, orderNo } = form.value;
  req.flash('success', `주문서를 저장했습니다. 주문번호 ${orderNo}`);
  res.redirect(303, req.body?.after === 'copy' ? `/orders/${id}/copy` : `/orders/${id}`);
});

/** What the form asks while it is filled in. */
orderFormRoutes.get('/new/goods', allow('orders.enter'), async (req, res) => {
  const [goods, prices] = [await listGoods(req.ctx), await lastPrices(req.ctx)];
  res.json(
    goods.map(({ name, options }) => ({
      name,
      options: options.map((option) => ({ name: option.name, price: prices.get(option.id) })),
    })),
  );
});

orderFormRoutes.get('/new/region', allow('orders.enter'), async (req, res) => {
  const region = await readRegion(req.ctx, typed(req, 'postcode'), typed(req, 'address'));
  res.json(region ?? {});
});

orderFormRoutes.get('/new/saved', allow('orders.enter'), async (req, res) => {
  res.json({ saved: await isSubmitted(req.ctx, typed(req, 'key')) });
});

/** The customer's own paper. */
orderFormRoutes.get('/:id/copy', allow('orders.enter'), async (req, res) => {
  const order = await openStoreOrder(req, 'print', '고객용 주문서');
  res.render('stores/copy', { ...words, ...order });
});

orderFormRoutes.get('/:id/edit', allow('orders.enter'), async (req, res) => {
  const order = await openStoreOrder(req, 'view', '주문서 고치기');
  await showCorrection(req, res, order, blankForm(valuesOf(order)), blankForm());
});

orderFormRoutes.post('/:id/edit', allow('orders.enter'), async (req, res) => {
  const order = await findStoreOrder(unmasked(req.ctx), idOf(req));
  const lineNos = openLines(order).map((line) => line.line_no);
  const form = await submit(correctionForm(lineNos), req.body, (input) =>
    correctStoreOrder(req.ctx, order.id, input),
  );
  if (!form.done) return showCorrection(req, res.status(form.status), order, form, blankForm());

  const ordered = await purchasesOf(req.ctx, form.value);
  const standing = [...ordered.values()].filter(({ state }) => state !== 'cancelled');
  const partners = [...new Set(standing.map(({ partner }) => partner))].join(', ');
  const tell = partners && ` 바뀐 상품은 ${partners} 보충 발주서로 알려 주세요.`;
  req.flash('success', `주문서를 고쳤습니다. 배송에도 그대로 반영했습니다.${tell}`);
  res.redirect(303, `/orders/${order.id}`);
});

orderFormRoutes.post('/:id/cancel-line', allow('orders.enter'), async (req, res) => {
  const order = await findStoreOrder(unmasked(req.ctx), idOf(req));
  const form = await submit(cancelForm, req.body, ({ line, reason }) =>
    cancelStoreLine(req.ctx, order.id, line, reason),
  );
  if (!form.done) {
    return showCorrection(req, res.status(form.status), order, blankForm(valuesOf(order)), form);
  }
  req.flash('success', '상품을 취소했습니다. 배송에서도 빠졌습니다.');
  res.redirect(303, `/orders/${order.id}/edit`);
});

/** With its people as they are: a paper or a form of corrections is no use without them. */
async function openStoreOrder(req: Request, kind: 'print' | 'view', detail: string): Promise<StoreOrder> {
  const order = await findStoreOrder(unmasked(req.ctx), idOf(req));
  // a masked name in a form of corrections would be saved as it stands
  if (order.lines.some((line) => line.masked)) throw new Forbidden();
  await recordAccess(req.ctx, { kind, subject: { type: 'order', id: order.id }, people: 1, detail });
  return order;
}

async function freshValues(req: Request): Promise<Record<string, string>> {
  const today = day(req.ctx.now());
  return {
    key: randomUUID(),
    store: String((await lastStoreOf(req.ctx)) ?? ''),
    ordered_on: today,
    promised_on: promisedFrom(today),
    method: 'direct',
    same: '1',
    payment_method: 'card',
  };
}

/** Three lines stand ready for a browser without scripts; with them, one, and more as they are wanted. */
const readyRows = 3;

async function showForm(req: Request, res: Response, form: BlankForm, fresh: boolean): Promise<void> {
  const { values } = form;
  const rows = typedRows(values);
  const next = (rows.at(-1) ?? -1) + 1;
  const spare = Array.from({ length: Math.max(1, readyRows - rows.length) }, (_, at) => next + at);
  const finder = req.ctx.config.postcodeFinder;
  if (finder) allowSources(res, finderSources);
  res.render('stores/new', {
    ...words,
    form: { ...form, values: { ...values, key: values.key ?? randomUUID() } },
    fresh,
    finder,
    stores: await listOpenStores(req.ctx),
    rows,
    spareRows: spare,
    region: await readRegion(req.ctx, values.postcode ?? '', values.address ?? ''),
  });
}

/** Kakao's script, and the page of its own that it shows in a frame. */
const finderSources = {
  'script-src': 'https://t1.kakaocdn.net',
  'frame-src': 'https://postcode.map.kakao.com',
};

async function showCorrection(
  req: Request,
  res: Response,
  order: StoreOrder,
  form: BlankForm,
  cancellation: BlankForm,
): Promise<void> {
  const { values } = form;
  res.render('stores/edit', {
    ...words,
    order,
    open: openLines(order),
    notes: await purchaseNotes(req, order),
    form: { ...form, message: form.message || cancellation.message },
    cancellation,
    canDispatch,
    region: await readRegion(req.ctx, values.postcode ?? '', values.address ?? ''),
  });
}

/** By the place of an open line: whom it was ordered from, who then hears of it when its goods change. */
async function purchaseNotes(req: Request, order: StoreOrder): Promise<(string | undefined)[]> {
  const lines = openLines(order);
  const purchases = await purchasesOf(req.ctx, lines);
  return lines.map((line) => {
    const purchase = purchases.get(line.id);
    if (!purchase || purchase.state === 'cancelled') return undefined;
    return `${purchase.partner}에 발주함(발주 ${purchase.number}). 상품을 바꾸면 보충 발주서로 알려 주세요.`;
  });
}

/** The order as its form would have been typed. */
function valuesOf(order: StoreOrder): Record<string, string> {
  const [first] = order.lines;
  if (!first) return {};
  const same =
    first.buyer_name === first.recipient_name &&
    first.buyer_phone === first.recipient_phone &&
    order.buyerPhone2 === first.recipient_phone2;
  const lines = openLines(order).flatMap((line, row) => [
    [lineField(row, 'product'), line.product],
    [lineField(row, 'option'), line.option],
    [lineField(row, 'quantity'), String(line.quantity)],
    [lineField(row, 'price'), line.unitPrice.toLocaleString('ko-KR')],
    [lineField(row, 'discount'), line.discount ? line.discount.toLocaleString('ko-KR') : ''],
  ]);
  return {
    ordered_on: first.ordered_at ? day(first.ordered_at) : '',
    promised_on: first.wished_on ? day(first.wished_on) : '',
    method: first.method,
    buyer_name: first.buyer_name,
    buyer_phone: formatPhone(first.buyer_phone),
    buyer_phone2: formatPhone(order.buyerPhone2),
    ...(same ? { same: '1' } : {}),
    recipient_name: first.recipient_name,
    recipient_phone: formatPhone(first.recipient_phone),
    recipient_phone2: formatPhone(first.recipient_phone2),
    postcode: first.postcode,
    address: first.address,
    address_detail: first.address_detail,
    memo: first.memo,
    payment_method: order.paymentMethod,
    paid_amount: order.totals.paid ? order.totals.paid.toLocaleString('ko-KR') : '',
    ...Object.fromEntries(lines),
  };
}

function typed(req: Request, name: string): string {
  const value = req.query[name];
  return typeof value === 'string' ? value.slice(0, 500) : '';
}

export const storeRoutes = Router();
storeRoutes.use(allow('stores.manage'));

storeRoutes.get('/', async (req, res) => {
  await showStores(req, res, blankForm());
});

storeRoutes.post('/', async (req, res) => {
  const form = await submit(newStoreForm, req.body, (input) => addStore(req.ctx, input));
  if (!form.done) return showStores(req, res.status(form.status), form);

  req.flash('success', '매장을 더했습니다. 이제 주문서를 쓸 수 있습니다.');
  res.redirect(303, '/stores');
});

storeRoutes.get('/:id', async (req, res) => {
  const store = await findStore(req.ctx, idOf(req));
  const { name, phone, address } = store;
  res.render('stores/show', { store, form: blankForm({ name, phone: formatPhone(phone), address }) });
});

storeRoutes.post('/:id', async (req, res) => {
  const store = await findStore(req.ctx, idOf(req));
  const form = await submit(storeForm, req.body, (input) => changeStore(req.ctx, store.id, input));
  if (!form.done) return res.status(form.status).render('stores/show', { store, form });

  req.flash('success', '매장 정보를 바꿨습니다.');
  res.redirect(303, '/stores');
});

storeRoutes.post('/:id/close', async (req, res) => {
  const store = await findStore(req.ctx, idOf(req));
  await closeStore(req.ctx, store.id);
  req.flash('success', `‘${store.name}’의 주문서 입력을 닫았습니다. 받은 주문은 그대로 있습니다.`);
  res.redirect(303, '/stores');
});

storeRoutes.post('/:id/reopen', async (req, res) => {
  const store = await findStore(req.ctx, idOf(req));
  await reopenStore(req.ctx, store.id);
  req.flash('success', `‘${store.name}’의 주문서 입력을 다시 열었습니다.`);
  res.redirect(303, '/stores');
});

async function showStores(req: Request, res: Response, form: BlankForm): Promise<void> {
  res.render('stores/index', {
    stores: await listStores(req.ctx),
    query: readListQuery({}, storeList),
    form,
  });
}
