import { randomUUID } from 'node:crypto';
import { snapshot } from '#lib/batches.ts';
import { putMany } from '#lib/bulk.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import { keepCells, packCells, readKeptCells } from '#orders';
import { basisNow } from '../basis.ts';
import { findImport, lockImport, rowCounts } from '../imports.ts';
import { findKeptLayout } from '../kept-layout.ts';
import { movedRows } from '../recomparing.ts';
import { stageRows } from '../staging.ts';
import type { ChannelRow, ImportRow, StagedRow } from '../tables.ts';

/**
 * Rows of applied imports that wait for their order, and whose order has come: each import's become a proposal of
 * their own, which a person reads, applies and undoes like any other. Looks only where a channel's lines have been
 * changed since it looked last; doing it again, also after a crash, goes on where it stopped.
 */
export async function meetWaiting(ctx: Ctx): Promise<void> {
  const waiting: Pick<ImportRow, 'id' | 'channel_id'>[] = await ctx
    .db('imports')
    .where({ state: 'applied' })
    .where('waiting_count', '>', 0)
    .orderBy('id')
    .select('id', 'channel_id');
  for (const [channelId, origins] of Map.groupBy(waiting, (row) => row.channel_id)) {
    const shown = await lastShownBatch(ctx, channelId);
    const channel: ChannelRow = await ctx.db('channels').where({ id: channelId }).first();
    if (channel.waits_seen_batch_id >= shown) continue;
    const told: Told = new Map();
    let isDone = true;
    for (const { id } of origins) isDone = (await followUp(ctx, id, told)) && isDone;
    if (!isDone) continue;
    await ctx
      .db('channels')
      .where({ id: channelId })
      .where('waits_seen_batch_id', '<', shown)
      .update({ waits_seen_batch_id: shown });
  }
}

async function lastShownBatch(ctx: Ctx, channelId: number): Promise<number> {
  const last = await ctx
    .db('change_batches')
    .where({ channel_id: channelId })
    .whereIn('state', ['settling', 'done'])
    .max({ id: 'id' })
    .first();
  return last?.id ?? 0;
}

/** By line number: what its last waiting row says, and the import that proposes it. */
type Told = Map<string, { says: string; importId: number }>;

const rowsPerPart = 1000;

/** Proposes what waits in one import. False while another process is at it. */
async function followUp(ctx: Ctx, originId: number, told: Told): Promise<boolean> {
  const origin = await findImport(ctx, originId);
  let follower = await takeUpUnfinished(ctx, origin);
  if (follower === 'busy') return false;

  let part = await findMet(ctx, origin, 0);
  while (part.length > 0) {
    const last = part.at(-1)!.row_no;
    const cells = await readKeptCells(
      ctx,
      origin.id,
      part.map((row) => row.row_no),
    );
    const saying = part.map((row) => ({
      row,
      says: `${origin.layout}\n${JSON.stringify(cells.get(row.row_no))}`,
    }));
    const isAgain = ({ row, says }: (typeof saying)[number]) => told.get(row.line_no!)?.says === says;
    await absorb(
      ctx,
      origin,
      saying.filter(isAgain).map(({ row }) => ({ row, importId: told.get(row.line_no!)!.importId })),
    );
    const fresh = saying.filter((one) => !isAgain(one) && cells.has(one.row.row_no));
    if (fresh.length > 0) {
      follower ??= await begin(ctx, origin);
      if (!follower) return true; // its rows wait no longer
      for (const { row, says } of fresh) told.set(row.line_no!, { says, importId: follower.id });
      await movePart(
        ctx,
        origin,
        follower,
        fresh.map(({ row }) => ({ row: row.row_no, cells: cells.get(row.row_no)! })),
      );
    }
    part = await findMet(ctx, origin, last);
  }
  if (follower) await finish(ctx, origin, follower);
  return true;
}

/** The next waiting rows whose line is there by now. */
async function findMet(ctx: Ctx, origin: ImportRow, position: number): Promise<StagedRow[]> {
  return snapshot(ctx, (snap) =>
    movedRows(snap, origin)
      .where('staged.kind', 'waiting')
      .whereNotNull('line.id')
      .where('staged.row_no', '>', position)
      .orderBy('staged.row_no')
      .limit(rowsPerPart)
      .select('staged.*'),
  );
}

interface Follower {
  id: number;
  token: string;
}

const silentForMs = 15_000;

/** One that a process which died has begun. */
async function takeUpUnfinished(ctx: Ctx, origin: ImportRow): Promise<Follower | 'busy' | undefined> {
  return transaction(ctx, async (tx) => {
    const begun: ImportRow | undefined = await tx
      .db('imports')
      .where({ follows_import_id: origin.id, state: 'reading' })
      .forUpdate()
      .first();
    if (!begun) return undefined;
    if (begun.beat_at && tx.now().getTime() - begun.beat_at.getTime() < silentForMs) return 'busy';
    const token = randomUUID();
    await tx.db('imports').where({ id: begun.id }).update({ read_token: token, beat_at: tx.now() });
    return { id: begun.id, token };
  });
}

async function begin(ctx: Ctx, origin: ImportRow): Promise<Follower | undefined> {
  return transaction(ctx, async (tx) => {
    const { state, channel_id, layout, columns_json, file_name, file_size, file_sha256 } = await lockImport(
      tx,
      origin.id,
    );
    if (state !== 'applied') return undefined;
    const token = randomUUID();
    const [id] = await tx.db('imports').insert({
      channel_id,
      layout,
      columns_json,
      file_name,
      file_size,
      file_sha256,
      state: 'reading',
      follows_import_id: origin.id,
      read_token: token,
      beat_at: tx.now(),
      created_by: tx.actor.id,
      created_by_name: tx.actor.name,
      created_at: tx.now(),
      ...(await basisNow(tx)),
    });
    return { id: id!, token };
  });
}

interface Waited {
  row: number;
  cells: readonly string[];
}

/** Rows leave one import and stand in the other, in one transaction: nowhere else can they be or be twice. */
async function movePart(
  ctx: Ctx,
  origin: ImportRow,
  follower: Follower,
  waited: readonly Waited[],
): Promise<void> {
  const layout = await findKeptLayout(ctx, origin);
  const staged = await stageRows(
    ctx,
    origin.channel_id,
    follower.id,
    waited.map(({ row, cells }) => ({ row, cells, line: layout.parseTexts(cells) })),
  );
  await transaction(ctx, async (tx) => {
    const still = await stillWaiting(
      tx,
      origin,
      waited.map(({ row }) => row),
    );
    const moving = staged.filter((row) => still.has(row.row_no));
    const going = await tx
      .db('imports')
      .where({ id: follower.id, read_token: follower.token, state: 'reading' })
      .update({ beat_at: tx.now() });
    if (going === 0 || moving.length === 0) return;
    await tx.db('imports').where({ id: follower.id }).increment('rows_read', moving.length);
    await putMany(tx, 'import_rows', moving);
    await keepCells(tx, follower.id, await packCells(waited.filter(({ row }) => still.has(row))));
    await markMet(tx, origin, follower.id, [...still]);
  });
}

/** Rows that say once more what is proposed already. */
async function absorb(
  ctx: Ctx,
  origin: ImportRow,
  again: readonly { row: StagedRow; importId: number }[],
): Promise<void> {
  for (const [importId, own] of Map.groupBy(again, (one) => one.importId)) {
    await transaction(ctx, async (tx) => {
      const still = await stillWaiting(
        tx,
        origin,
        own.map(({ row }) => row.row_no),
      );
      if (still.size === 0) return;
      await markMet(tx, origin, importId, [...still]);
      await tellOrigin(tx, origin, importId, still.size);
    });
  }
}

/** Those of the rows that nobody has dismissed or undone meanwhile; locked. */
async function stillWaiting(tx: Ctx, origin: ImportRow, rows: readonly number[]): Promise<Set<number>> {
  const { state } = await lockImport(tx, origin.id);
  if (state !== 'applied') return new Set();
  const still: number[] = await tx
    .db('import_rows')
    .where({ import_id: origin.id, kind: 'waiting' })
    .whereIn('row_no', [...rows])
    .forUpdate()
    .pluck('row_no');
  return new Set(still);
}

async function markMet(tx: Ctx, origin: ImportRow, importId: number, rows: readonly number[]): Promise<void> {
  await tx
    .db('import_rows')
    .where({ import_id: origin.id })
    .whereIn('row_no', [...rows])
    .update({ kind: 'met', met_import_id: importId });
}

async function finish(ctx: Ctx, origin: ImportRow, follower: Follower): Promise<void> {
  const counts = await rowCounts(ctx, follower.id);
  const [{ orders, rows }] = (await ctx
    .db('import_rows')
    .where({ import_id: follower.id })
    .select({ rows: ctx.db.raw('COUNT(*)') }, { orders: ctx.db.raw('COUNT(DISTINCT order_no)') })) as [
    { orders: number; rows: number },
  ];
  await transaction(ctx, async (tx) => {
    await lockImport(tx, origin.id);
    const isEmpty = Number(rows) === 0;
    const ended = await tx
      .db('imports')
      .where({ id: follower.id, read_token: follower.token, state: 'reading' })
      .update({
        ...counts,
        state: isEmpty ? 'cancelled' : 'proposed',
        order_count: Number(orders),
        read_token: null,
        read_at: tx.now(),
      });
    if (ended === 0 || isEmpty) return;
    await record(tx, 'import.followed', 'import', follower.id, {
      file: origin.file_name,
      rows: Number(rows),
    });
    await tellOrigin(tx, origin, follower.id, Number(rows));
  });
}

async function tellOrigin(tx: Ctx, origin: ImportRow, importId: number, rows: number): Promise<void> {
  const { waiting_count, met_count, line_count } = await rowCounts(tx, origin.id);
  await tx.db('imports').where({ id: origin.id }).update({ waiting_count, met_count, line_count });
  await record(tx, 'import.waiting_met', 'import', origin.id, { importId, rows });
}
