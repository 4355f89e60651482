import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Ctx } from '#lib/ctx.ts';
import { isDuplicate } from '#lib/db.ts';
import { isAway, Patience } from '#lib/outages.ts';

/**
 * A change batch writes any number of rows in small transactions and shows them all at one moment.
 * While it works its rows stay unseen; one update of its state makes them count; the replaced rows are
 * tidied away afterwards. One batch at a time works on a channel.
 */
export interface Batch {
  id: number;
  kind: 'apply' | 'undo';
  /** applying → settling → done, or applying → aborting → aborted. */
  state: 'applying' | 'settling' | 'done' | 'aborting' | 'aborted';
  channel_id: number;
  import_id: number;
  /** How far the batch has come; the caller's own measure. */
  position: number;
  owner: string;
  beat_at: Date;
  actor_id: number | null;
  actor_name: string;
}

/** The batches a reader must look past: those not to be seen yet, and those whose replaced rows still lie about. */
export interface Window {
  unseen: readonly number[];
  settling: readonly number[];
}

/** A ctx whose reads all agree with each other. */
export interface Snapshot extends Ctx {
  window: Window;
}

/**
 * Runs reads on one consistent view of the database: what a batch writes is seen whole or not at all. Asked again
 * from the beginning when the database goes away meanwhile, unless what was read is `used` on the way.
 */
export async function snapshot<T>(
  ctx: Ctx,
  read: (snap: Snapshot) => Promise<T>,
  { used = false }: { used?: boolean } = {},
): Promise<T> {
  const patience = new Patience();
  let done: { value: T } | undefined;
  for (;;) {
    try {
      return await ctx.db.transaction(async (trx) => {
        done = { value: await readWithin({ ...ctx, db: trx }, read) };
        return done.value;
      });
    } catch (error) {
      if (!isAway(error) || ctx.db.isTransaction) throw error;
      if (done) return done.value; // all was read, and there is nothing to commit
      if (used || !(await patience.isLeft())) throw error;
    }
  }
}

async function readWithin<T>(ctx: Ctx, read: (snap: Snapshot) => Promise<T>): Promise<T> {
  const open: Pick<Batch, 'id' | 'state'>[] = await ctx
    .db('change_batches')
    .select('id', 'state')
    .whereIn('state', ['applying', 'aborting', 'settling']);
  const unseen = open.filter((batch) => batch.state !== 'settling').map((batch) => batch.id);
  const settling = open.filter((batch) => batch.state === 'settling').map((batch) => batch.id);
  return read({ ...ctx, window: { unseen, settling } });
}

/** Leaves out of `query` the rows of `table` that are not to be seen. Nothing is added while no batch is open. */
export function shown<Q extends Knex.QueryBuilder>(query: Q, table: string, window: Window): Q {
  if (window.unseen.length > 0) query.whereNotIn(`${table}.batch_id`, window.unseen);
  if (window.settling.length > 0) query.whereNotIn(`${table}.hidden_batch_id`, window.settling);
  return query;
}

/**
 * The same for queries that walk far along a key: what is hidden is looked up once, so that the walk need not visit
 * each row. `table` must be the table's own name.
 */
export function shownAlongKey<Q extends Knex.QueryBuilder>(query: Q, table: string, window: Window): Q {
  const written = (rows: Knex.QueryBuilder, column: string, ids: readonly number[]) =>
    rows.select('id').from(table).whereIn(column, ids);
  if (window.unseen.length > 0) {
    query.whereNotIn(`${table}.id`, (rows) => written(rows, 'batch_id', window.unseen));
  }
  if (window.settling.length > 0) {
    query.whereNotIn(`${table}.id`, (rows) => written(rows, 'hidden_batch_id', window.settling));
  }
  return query;
}

const staleAfterMs = 15_000;
const waitMs = 200;

/** The batch belongs to another process now; whoever meets this stops at once. */
export class BatchLost extends Error {
  override name = 'BatchLost';
}

/**
 * Opens a batch on a channel, waiting for the one that works there. One that nobody has beaten for 15 s is taken
 * over: `resume` must bring it to its end. When that one is for the same import and kind, it is returned instead.
 */
export async function openBatch(
  ctx: Ctx,
  request: { kind: Batch['kind']; channelId: number; importId: number },
  resume: (batch: Batch) => Promise<void>,
): Promise<Batch> {
  const owner = randomUUID();
  for (;;) {
    const opened = await tryOpen(ctx, request, owner);
    if (opened) return opened;

    const busy = await ctx
      .db<Batch>('change_batches')
      .where({ busy_channel_id: request.channelId } as object)
      .first();
    if (busy && ctx.now().getTime() - busy.beat_at.getTime() > staleAfterMs) {
      const mine = await takeOver(ctx, busy, owner);
      if (
        mine &&
        busy.import_id === request.importId &&
        busy.kind === request.kind &&
        busy.state === 'applying'
      ) {
        return mine;
      }
      if (mine) await resume(mine);
    } else {
      await new Promise((done) => setTimeout(done, waitMs));
    }
  }
}

async function tryOpen(
  ctx: Ctx,
  request: { kind: Batch['kind']; channelId: number; importId: number },
  owner: string,
): Promise<Batch | undefined> {
  const row = {
    kind: request.kind,
    state: 'applying' as const,
    channel_id: request.channelId,
    import_id: request.importId,
    position: 0,
    owner,
    beat_at: ctx.now(),
    actor_id: ctx.actor.id,
    actor_name: ctx.actor.name,
  };
  try {
    const [id] = await ctx.db('change_batches').insert({ ...row, busy_channel_id: request.channelId });
    return { ...row, id: id! };
  } catch (error) {
    if (isDuplicate(error)) return undefined;
    throw error;
  }
}

async function takeOver(ctx: Ctx, batch: Batch, owner: string): Promise<Batch | undefined> {
  const taken = await ctx
    .db('change_batches')
    .where({ id: batch.id, owner: batch.owner })
    .whereNotNull('busy_channel_id')
    .update({ owner, beat_at: ctx.now() });
  if (taken === 0) return undefined;
  const fresh = await ctx.db<Batch>('change_batches').where({ id: batch.id }).first();
  return fresh;
}

/**
 * Says, inside a step's own transaction, how far the batch is; `batch` itself is left alone, for the transaction may
 * roll back and run again. Throws `BatchLost` when it was taken over.
 */
export async function advance(
  tx: Ctx,
  batch: Batch,
  to: { position?: number; state?: Batch['state'] },
): Promise<void> {
  const ended = to.state === 'done' || to.state === 'aborted';
  const moved = await tx
    .db('change_batches')
    .where({ id: batch.id, owner: batch.owner })
    .update({ ...to, beat_at: tx.now(), ...(ended ? { busy_channel_id: null, ended_at: tx.now() } : {}) });
  if (moved === 0) throw new BatchLost(`batch ${batch.id} was taken over`);
}

/** Batches whose process died: the worker looks for them now and then and brings them to their end. */
export async function takeOverStale(ctx: Ctx): Promise<Batch[]> {
  const stale = await ctx
    .db<Batch>('change_batches')
    .whereNotNull('busy_channel_id' as never)
    .where('beat_at', '<', new Date(ctx.now().getTime() - staleAfterMs));
  const owner = randomUUID();
  const taken = await Promise.all(stale.map((batch) => takeOver(ctx, batch, owner)));
  return taken.filter((batch) => batch !== undefined);
}
