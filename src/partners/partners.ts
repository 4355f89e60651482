import { type Snapshot, snapshot } from '#lib/batches.ts';
import { type Ctx, may } from '#lib/ctx.ts';
import { isDuplicate, transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import type { ListDefinition, ListQuery } from '#lib/lists.ts';
import { waitingLines } from './lines.ts';
import { readNews } from './news.ts';
import { visibleSheets } from './sheets.ts';
import type { PartnerRow, SheetRow } from './tables.ts';

/** What a person fills in of a partner. */
export type PartnerDetails = Pick<PartnerRow, 'name' | 'contact' | 'phone' | 'memo' | 'purpose'>;

const details = ['name', 'contact', 'phone', 'memo', 'purpose'] as const;

/** The partners the actor may see. */
export function visiblePartners(ctx: Ctx) {
  const query = ctx.db<PartnerRow>('partners');
  return may(ctx, 'partners.view') ? query : query.whereRaw('1 = 0');
}

export async function findPartner(ctx: Ctx, id: number): Promise<PartnerRow> {
  const partner = await visiblePartners(ctx).where({ id }).first();
  if (!partner) throw new NotFound('찾는 협력사가 없습니다.');
  return partner as PartnerRow;
}

/**
 * Locks a partner: what is sent to it, or taken back, waits for each other here. Call it before anything is read in
 * the transaction, so that all reads see what the one before has left.
 */
export async function lockPartner(tx: Ctx, id: number): Promise<PartnerRow> {
  const partner = await visiblePartners(tx).where({ id }).forUpdate().first();
  if (!partner) throw new NotFound('찾는 협력사가 없습니다.');
  return partner as PartnerRow;
}

export async function createPartner(ctx: Ctx, given: PartnerDetails): Promise<number> {
  return transaction(ctx, async (tx) => {
    const [id] = await unlessNameTaken(given.name, () => tx.db('partners').insert(given));
    await record(tx, 'partner.created', 'partner', id!, { name: given.name, purpose: given.purpose });
    return id!;
  });
}

export async function changePartner(ctx: Ctx, id: number, given: PartnerDetails): Promise<void> {
  await transaction(ctx, async (tx) => {
    const before = await lockPartner(tx, id);
    const changed = details.filter((name) => before[name] !== given[name]);
    if (changed.length === 0) return;

    await unlessNameTaken(given.name, () => tx.db('partners').where({ id }).update(given));
    await record(tx, 'partner.changed', 'partner', id, {
      changes: changed.map((name) => ({ field: name, before: before[name], after: given[name] })),
    });
  });
}

/** Nothing is ordered from a partner that is put aside; what it was sent stays. */
export async function setActive(ctx: Ctx, id: number, active: boolean): Promise<void> {
  await transaction(ctx, async (tx) => {
    const before = await lockPartner(tx, id);
    if (Boolean(before.is_active) === active) return;

    await tx
      .db('partners')
      .where({ id })
      .update({ is_active: active ? 1 : 0 });
    await record(tx, active ? 'partner.enabled' : 'partner.disabled', 'partner', id);
  });
}

async function unlessNameTaken<T>(name: string, write: () => PromiseLike<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (isDuplicate(error)) throw new Refusal(`‘${name}’ 협력사가 이미 있습니다. 다른 이름을 적어 주세요.`);
    throw error;
  }
}

export const partnerList: ListDefinition = {
  sorts: ['name'],
  defaultSort: { key: 'name', dir: 'asc' },
  filters: { state: ['active', 'inactive'] },
};

/** A partner with what is to be done about it. Counts are lines. */
export interface ListedPartner extends PartnerRow {
  products: number;
  waiting: number;
  /** Pieces of the waiting lines. */
  items: number;
  /** Not acknowledged yet, so not to be ordered yet. */
  early: number;
  /** Lines that changed since they were sent. */
  news: number;
  last: Pick<SheetRow, 'id' | 'sheet_no' | 'part' | 'made_at' | 'made_by_name'> | undefined;
}

export interface PartnerListing {
  partners: ListedPartner[];
  counts: { all: number; active: number; inactive: number };
}

/** The partners of a list with their counts; a handful of queries, however many partners there are. */
export async function listPartners(ctx: Ctx, query: ListQuery): Promise<PartnerListing> {
  return snapshot(ctx, async (snap) => {
    const found = (await search(visiblePartners(snap), query.q)
      .select('partners.*')
      .orderBy('name', query.dir)) as PartnerRow[];
    const active = found.filter((partner) => partner.is_active);
    const { state } = query.filters;
    const asked =
      state === 'active' ? active : state === 'inactive' ? found.filter((p) => !p.is_active) : found;
    const [products, waiting, early, news, last] = [
      await countProducts(snap),
      await countWaiting(snap, 'acknowledged'),
      await countWaiting(snap, 'new'),
      await readNews(snap),
      await lastSheets(snap),
    ];
    return {
      partners: asked.map((partner) => ({
        ...partner,
        products: products.get(partner.id) ?? 0,
        waiting: waiting.get(partner.id)?.lines ?? 0,
        items: waiting.get(partner.id)?.items ?? 0,
        early: early.get(partner.id)?.lines ?? 0,
        news: news.get(partner.id)?.length ?? 0,
        last: last.get(partner.id),
      })),
      counts: { all: found.length, active: active.length, inactive: found.length - active.length },
    };
  });
}

function search<Q extends ReturnType<typeof visiblePartners>>(partners: Q, q: string): Q {
  if (q === '') return partners;
  const like = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
  partners.where((any) => {
    any.where('name', 'like', like).orWhere('contact', 'like', like);
    const digits = q.replace(/\D/g, '');
    if (digits !== '') any.orWhere('phone', 'like', `%${digits}%`);
  });
  return partners;
}

async function countProducts(snap: Snapshot): Promise<Map<number, number>> {
  const rows = (await snap
    .db('partner_products')
    .join('products', 'products.id', 'partner_products.product_id')
    .groupBy('partner_id')
    .select('partner_id')
    .count({ n: '*' })) as { partner_id: number; n: number }[];
  return new Map(rows.map((row) => [row.partner_id, Number(row.n)]));
}

export async function countWaiting(
  snap: Snapshot,
  status: 'acknowledged' | 'new',
): Promise<Map<number, { lines: number; items: number }>> {
  const rows = (await waitingLines(snap, status)
    .groupBy('owned.partner_id')
    .select('owned.partner_id')
    .count({ n: '*' })
    .sum({ items: 'order_lines.quantity' })) as { partner_id: number; n: number; items: number }[];
  return new Map(rows.map((row) => [row.partner_id, { lines: Number(row.n), items: Number(row.items) }]));
}

async function lastSheets(snap: Snapshot): Promise<Map<number, SheetRow>> {
  const rows: SheetRow[] = await snap
    .db('partner_sheets')
    .whereIn(
      'id',
      visibleSheets(snap)
        .whereNull('undone_at')
        .groupBy('partner_sheets.partner_id')
        .max('partner_sheets.id'),
    );
  return new Map(rows.map((row) => [row.partner_id, row]));
}
