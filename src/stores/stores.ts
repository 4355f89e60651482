import { type Ctx, may, withinScope } from '#lib/ctx.ts';
import { isDuplicate, transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';

/** A store of our own. Its name is that of its channel, so that lists of orders need no other. */
export interface Store {
  id: number;
  channel_id: number;
  name: string;
  /** What its order numbers begin with, like GN. */
  prefix: string;
  phone: string;
  address: string;
  /** Since when no orders are taken there. */
  closed_at: Date | null;
}

/** The stores the actor may see: the staff of one store see that one only. */
export function visibleStores(ctx: Ctx) {
  const query = ctx.db('stores').join('channels', 'channels.id', 'stores.channel_id');
  const mayAny = may(ctx, 'orders.enter') || may(ctx, 'stores.manage');
  return mayAny ? withinScope(query, ctx, 'stores.channel_id') : query.whereRaw('1 = 0');
}

const columns = [
  'stores.id',
  'stores.channel_id',
  'channels.name',
  'stores.prefix',
  'stores.phone',
  'stores.address',
  'stores.closed_at',
];

export interface ListedStore extends Store {
  order_count: number;
}

export async function listStores(ctx: Ctx): Promise<ListedStore[]> {
  const rows = await visibleStores(ctx)
    .select(columns)
    .select(
      ctx.db.raw(
        '(SELECT COUNT(*) FROM store_orders WHERE store_orders.store_id = stores.id) AS order_count',
      ),
    )
    .orderByRaw('stores.closed_at IS NOT NULL, channels.name');
  return rows as ListedStore[];
}

/** Where orders are taken now. */
export async function listOpenStores(ctx: Ctx): Promise<Store[]> {
  return visibleStores(ctx).whereNull('stores.closed_at').select(columns).orderBy('channels.name');
}

export async function findStore(ctx: Ctx, id: number): Promise<Store> {
  const store: Store | undefined = await visibleStores(ctx).where('stores.id', id).first(columns);
  if (!store) throw new NotFound('찾는 매장이 없습니다.');
  return store;
}

/** Orders of one store are saved one after the other: each sees the deliveries that the one before left. */
export async function lockStore(tx: Ctx, id: number): Promise<Store> {
  await tx.db('stores').where({ id }).forUpdate().first('id');
  return findStore(tx, id);
}

export interface StoreDetails {
  name: string;
  /** Digits. */
  phone: string;
  address: string;
}

/** Opens a store with a channel of its own; the prefix stays for good, for numbers begin with it. */
export async function addStore(
  ctx: Ctx,
  { prefix, ...details }: StoreDetails & { prefix: string },
): Promise<number> {
  if (ctx.actor.scope !== 'all') {
    throw new Refusal('새 매장은 모든 채널을 맡은 사람만 더할 수 있습니다. 관리자에게 부탁해 주세요.');
  }
  try {
    return await transaction(ctx, async (tx) => {
      const code = `store-${prefix.toLowerCase()}`;
      const [channelId] = await tx.db('channels').insert({ code, name: details.name, layout: 'store' });
      const { phone, address } = details;
      const [id] = await tx.db('stores').insert({ channel_id: channelId, prefix, phone, address });
      await record(tx, 'store.added', 'store', id!, { prefix, name: details.name });
      return id!;
    });
  } catch (error) {
    if (isDuplicate(error)) throw new Refusal(`주문번호 머리글자 ‘${prefix}’는 다른 매장이 쓰고 있습니다.`);
    throw error;
  }
}

export async function changeStore(ctx: Ctx, id: number, details: StoreDetails): Promise<void> {
  await transaction(ctx, async (tx) => {
    const store = await findStore(tx, id);
    const { name, phone, address } = details;
    await tx.db('channels').where({ id: store.channel_id }).update({ name });
    await tx.db('stores').where({ id }).update({ phone, address });
    const before = { name: store.name, phone: store.phone, address: store.address };
    await record(tx, 'store.changed', 'store', id, { before, after: details });
  });
}

/** A closed store takes no orders; those it has stay where they are. */
export async function closeStore(ctx: Ctx, id: number): Promise<void> {
  await setClosed(ctx, id, true);
}

export async function reopenStore(ctx: Ctx, id: number): Promise<void> {
  await setClosed(ctx, id, false);
}

async function setClosed(ctx: Ctx, id: number, closed: boolean): Promise<void> {
  await transaction(ctx, async (tx) => {
    const store = await findStore(tx, id);
    if ((store.closed_at !== null) === closed) return;
    await tx
      .db('stores')
      .where({ id })
      .update({ closed_at: closed ? tx.now() : null });
    await record(tx, closed ? 'store.closed' : 'store.reopened', 'store', id);
  });
}

/** Where this person took the last order down: most stay in one store. The only store when there is but one. */
export async function lastStoreOf(ctx: Ctx): Promise<number | undefined> {
  const open = await listOpenStores(ctx);
  const last: { store_id: number } | undefined = await ctx
    .db('store_orders')
    .where({ entered_by: ctx.actor.id })
    .orderBy('order_id', 'desc')
    .first('store_id');
  if (open.some((store) => store.id === last?.store_id)) return last?.store_id;
  return open.length === 1 ? open[0]!.id : undefined;
}
