import { type Request, type Response, Router } from 'express';
import { allow } from '#accounts';
import { deliveryStateNames, followLines } from '#deliveries';
import type { Ctx } from '#lib/ctx.ts';
import { day } from '#lib/dates.ts';
import { transaction } from '#lib/db.ts';
import { NotFound } from '#lib/errors.ts';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { listUrl, readListQuery } from '#lib/lists.ts';
import { purchasesOf, purchaseTimeline } from '#partners';
import { regionName } from '#regions';
import { acknowledgeLines } from './acknowledging.ts';
import { chosenLines, withAddons } from './choosing.ts';
import { type Dispatch, markDispatched, undoDispatch } from './dispatching.ts';
import { courierForm, couriers, holdForm, selectionForm, trackingField } from './forms.ts';
import { holdLines, releaseLines } from './holding.ts';
import { lineList, listLines } from './listing.ts';
import { statusInWords } from './naming-lines.ts';
import { searchInWords } from './search.rules.ts';
import { showOrder } from './showing.ts';
import type { ShownLine } from './shown-lines.ts';
import { canDispatch, methodNames, methods, statuses, statusNames } from './status.rules.ts';
import type { LineRow } from './tables.ts';

export const routes = Router();

/** What is no number is a page of another module, like the order form. */
routes.param('id', (_req, _res, next, id) => next(/^\d{1,15}$/.test(String(id)) ? undefined : 'route'));

/** What views need to put lines into words. */
const words = { statusNames, statusInWords, methodNames, regionName, canDispatch, deliveryStateNames };

routes.get('/', allow('orders.view'), async (req, res) => {
  const asked = readListQuery(req.query, lineList, day(req.ctx.now()));
  const { lines, counts, total, search, cut, query } = await listLines(req.ctx, asked);
  const all = [...counts.values()].reduce((sum, n) => sum + n, 0);
  res.render('orders/index', {
    ...words,
    lines,
    purchases: await purchasesOf(req.ctx, lines),
    total,
    query,
    cut,
    searchWords: search && searchInWords(search),
    methods,
    tabs: [
      { value: '', label: '전체', count: all },
      ...statuses.map((status) => ({
        value: status,
        label: statusNames[status],
        count: counts.get(status) ?? 0,
      })),
    ],
  });
});

routes.get('/:id', allow('orders.open'), async (req, res) => {
  const order = await showOrder(req.ctx, idOf(req));
  const told = await purchaseTimeline(req.ctx, order.id, order.lines);
  res.render('orders/show', {
    ...words,
    ...order,
    purchases: await purchasesOf(req.ctx, order.lines),
    timeline: [...order.timeline, ...told].sort((a, b) => b.at.getTime() - a.at.getTime()),
  });
});

/** Acts that need nothing but the lines. */
const acts = {
  acknowledge: { permission: 'orders.acknowledge', act: acknowledgeLines, done: '발주확인했습니다.' },
  release: { permission: 'orders.hold', act: releaseLines, done: '보류를 풀었습니다.' },
  'undo-dispatch': { permission: 'orders.dispatch', act: undoDispatch, done: '발송을 취소했습니다.' },
} as const;

for (const [name, { permission, act, done }] of Object.entries(acts)) {
  routes.post(`/${name}`, allow(permission), async (req, res) => {
    const form = await submit(selectionForm, req.body, ({ ids }) => actOn(req.ctx, ids, act));
    if (form.done) req.flash(...outcome(form.value.length, done));
    else req.flash('danger', form.errors.ids ?? form.message);
    res.redirect(303, cameFrom(req));
  });
}

routes.post('/dispatch', allow('orders.dispatch'), async (req, res) => {
  const form = await submit(selectionForm, req.body, async ({ ids }) => {
    const dispatch: Dispatch = { method: 'direct', courier: '', trackingNo: '' };
    const all = await withAddons(req.ctx, ids);
    const sent = await actOn(req.ctx, all, (tx, lineIds) => markDispatched(tx, lineIds, dispatch));
    return { sent: sent.length, addons: all.length - ids.length };
  });
  if (form.done) req.flash(...sentOutcome(form.value, '직접전달로 발송했습니다.'));
  else req.flash('danger', form.errors.ids ?? form.message);
  res.redirect(303, cameFrom(req));
});

routes.post('/courier/ask', allow('orders.dispatch'), async (req, res) => {
  const form = await submit(selectionForm, req.body, async ({ ids }) => withAddons(req.ctx, ids));
  if (form.done) return renderCourier(req, res, form.value, blankForm());

  req.flash('danger', form.errors.ids ?? form.message);
  res.redirect(303, cameFrom(req));
});

routes.post('/courier', allow('orders.dispatch'), async (req, res) => {
  const ids = idsIn(req);
  const lines = await chosenLines(req.ctx, ids);
  const orders = Map.groupBy(lines, (line) => line.order_id);
  const form = await submit(courierForm([...orders.keys()]), req.body, (input) =>
    actOn(req.ctx, ids, async (tx) => {
      const sent: LineRow[] = [];
      for (const [orderId, own] of orders) {
        const trackingNo = String(input[trackingField(orderId)]);
        const dispatch: Dispatch = { method: 'courier', courier: input.courier, trackingNo };
        const lineIds = own.map((line) => line.id);
        sent.push(...(await markDispatched(tx, lineIds, dispatch)));
      }
      return sent;
    }),
  );
  if (!form.done) return renderCourier(req, res.status(form.status), ids, form);

  req.flash(...outcome(form.value.length, '택배로 발송했습니다.'));
  res.redirect(303, cameFrom(req));
});

routes.post('/hold/ask', allow('orders.hold'), async (req, res) => {
  const form = await submit(selectionForm, req.body, async ({ ids }) => ids);
  if (form.done) return renderHold(req, res, form.value, blankForm());

  req.flash('danger', form.errors.ids ?? form.message);
  res.redirect(303, cameFrom(req));
});

routes.post('/hold', allow('orders.hold'), async (req, res) => {
  const form = await submit(holdForm, req.body, ({ ids, reason }) =>
    actOn(req.ctx, ids, (tx, lineIds) => holdLines(tx, lineIds, reason)),
  );
  if (!form.done) return renderHold(req, res.status(form.status), idsIn(req), form);

  req.flash(...outcome(form.value.length, '보류했습니다.'));
  res.redirect(303, cameFrom(req));
});

/** Runs an act on lines and lets their deliveries follow, in one transaction. */
async function actOn(
  ctx: Ctx,
  ids: readonly number[],
  act: (tx: Ctx, ids: readonly number[]) => Promise<LineRow[]>,
): Promise<LineRow[]> {
  return transaction(ctx, async (tx) => {
    const changed = await act(tx, ids);
    await followLines(
      tx,
      changed.map((line) => line.id),
    );
    return changed;
  });
}

type Flash = Parameters<Request['flash']>;

function outcome(changed: number, done: string): Flash {
  return changed === 0
    ? ['info', '이미 그렇게 되어 있어 바뀐 것이 없습니다.']
    : ['success', `상품주문 ${changed}건을 ${done}`];
}

function sentOutcome({ sent, addons }: { sent: number; addons: number }, done: string): Flash {
  const [kind, message] = outcome(sent, done);
  return [kind, sent > 0 && addons > 0 ? `${message} 추가구성 ${addons}건도 함께 보냈습니다.` : message];
}

async function renderCourier(
  req: Request,
  res: Response,
  ids: readonly number[],
  form: BlankForm,
): Promise<void> {
  const lines = await chosenLines(req.ctx, ids);
  const orders = [...Map.groupBy(lines, (line) => line.order_id).values()];
  res.render('orders/courier', { ...words, ...askedOf(req, lines), orders, form, couriers, trackingField });
}

async function renderHold(
  req: Request,
  res: Response,
  ids: readonly number[],
  form: BlankForm,
): Promise<void> {
  const lines = await chosenLines(req.ctx, ids);
  res.render('orders/hold', { ...words, ...askedOf(req, lines), form });
}

/** A page between the list and an act keeps where the person came from. */
function askedOf(req: Request, lines: readonly ShownLine[]) {
  return { lines, back: cameFrom(req), kept: keptFields(req) };
}

/** The state of the list, or the order, that the form of an act carries along. */
function keptFields(req: Request): [string, string][] {
  const body = (req.body ?? {}) as Record<string, unknown>;
  const names = ['order', 'status', 'method', 'q', 'from', 'to', 'sort', 'dir', 'size', 'page'];
  return names.filter((name) => typeof body[name] === 'string').map((name) => [name, body[name] as string]);
}

function cameFrom(req: Request): string {
  const body = (req.body ?? {}) as Record<string, unknown>;
  if (typeof body.order === 'string' && /^\d{1,15}$/.test(body.order)) return `/orders/${body.order}`;
  const query = readListQuery(body, lineList, day(req.ctx.now()));
  return listUrl('/orders', query, { page: query.page });
}

function idsIn(req: Request): number[] {
  const { ids } = (req.body ?? {}) as { ids?: string | string[] };
  return [ids ?? []].flat().map(Number).filter(Number.isSafeInteger);
}

function idOf(req: Request): number {
  if (!/^\d{1,15}$/.test(String(req.params.id))) throw new NotFound('찾는 주문이 없습니다.');
  return Number(req.params.id);
}
