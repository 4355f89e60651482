import type { Ctx } from '#lib/ctx.ts';
import type { EventRow } from '#lib/events.ts';
import { orderEventWords } from '#orders';
import type { ImportRow, StagedRow } from './tables.ts';

/** Something that changed a line: an import, the undo of one, or a person's act. */
export interface Touch {
  at: Date;
  who: string;
  words: string;
  importId?: number;
}

interface TouchedLine {
  line_no: string;
  /** Null where the line is gone. */
  order_id: number | null;
}

/**
 * What changed lines after an event, newest first, by line number. Left out are the import `row` itself, and an import
 * that was undone again: what came and went has touched nothing.
 */
export async function listTouches(
  ctx: Ctx,
  row: Pick<ImportRow, 'id' | 'channel_id'>,
  lines: readonly TouchedLine[],
  afterEvent: number,
): Promise<Map<string, Touch[]>> {
  const touches = new Map<string, (Touch & { event: number })[]>(lines.map((line) => [line.line_no, []]));
  if (lines.length === 0) return touches;
  for (const { lineNo, ...touch } of [
    ...(await touchesByImports(ctx, row, lines, afterEvent)),
    ...(await touchesByHand(ctx, lines, afterEvent)),
  ]) {
    touches.get(lineNo)?.push(touch);
  }
  for (const own of touches.values()) own.sort((a, b) => b.event - a.event);
  return touches;
}

/** The newest event of an import with this name; 0 where there is none. */
export async function lastEventOf(ctx: Ctx, importId: number, name: string): Promise<number> {
  const event = await ctx
    .db('events')
    .where({ subject_type: 'import', subject_id: importId, name })
    .max({ id: 'id' })
    .first();
  return event?.id ?? 0;
}

type NamedTouch = Touch & { lineNo: string; event: number };

async function touchesByHand(
  ctx: Ctx,
  lines: readonly TouchedLine[],
  afterEvent: number,
): Promise<NamedTouch[]> {
  const orderIds = [...new Set(lines.map((line) => line.order_id).filter((id) => id !== null))];
  if (orderIds.length === 0) return [];
  const events: EventRow[] = await ctx
    .db('events')
    .where({ subject_type: 'order' })
    .whereIn('subject_id', orderIds)
    .where('id', '>', afterEvent);
  return events.flatMap((event) => {
    const acted = (JSON.parse(event.data) as { lines?: { no: string }[] }).lines ?? [];
    const touch = { event: event.id, at: event.at, who: event.actor_name, words: orderEventWords(event) };
    return acted.map(({ no }) => ({ ...touch, lineNo: no }));
  });
}

async function touchesByImports(
  ctx: Ctx,
  row: Pick<ImportRow, 'id' | 'channel_id'>,
  lines: readonly TouchedLine[],
  afterEvent: number,
): Promise<NamedTouch[]> {
  const written: (Pick<StagedRow, 'import_id' | 'undone'> & { line_no: string; file_name: string })[] =
    await ctx
      .db('import_rows')
      .join('imports', 'imports.id', 'import_rows.import_id')
      .whereIn(
        'import_rows.line_no',
        lines.map((line) => line.line_no),
      )
      .where((wrote) => {
        wrote.where('import_rows.kind', 'new').orWhereNotNull('import_rows.applied_revision');
      })
      .where({ 'imports.channel_id': row.channel_id })
      .whereNot({ 'imports.id': row.id })
      .whereNotNull('imports.applied_at')
      .select('import_rows.import_id', 'import_rows.line_no', 'import_rows.undone', 'imports.file_name');
  const acts = await listActs(ctx, new Set(written.map((one) => one.import_id)));

  return written.flatMap((one): NamedTouch[] => {
    const { applied, undone } = acts.get(one.import_id) ?? {};
    const touch = { lineNo: one.line_no, importId: one.import_id };
    const isNew = (applied?.event ?? 0) > afterEvent;
    if (applied && isNew && one.undone !== 'undone')
      return [{ ...touch, ...applied, words: `‘${one.file_name}’ 가져오기로 바뀌었습니다.` }];
    if (undone && !isNew && one.undone === 'undone' && undone.event > afterEvent)
      return [{ ...touch, ...undone, words: `‘${one.file_name}’ 가져오기를 되돌렸습니다.` }];
    return [];
  });
}

interface Act {
  event: number;
  at: Date;
  who: string;
}

/** When imports were applied and undone, and who had asked for it: the worker only does it. */
async function listActs(
  ctx: Ctx,
  importIds: ReadonlySet<number>,
): Promise<Map<number, { applied?: Act; undone?: Act }>> {
  if (importIds.size === 0) return new Map();
  const events: EventRow[] = await ctx
    .db('events')
    .where({ subject_type: 'import' })
    .whereIn('subject_id', [...importIds])
    .orderBy('id');
  const last = (own: readonly EventRow[], done: string, asked: string): Act | undefined => {
    const event = own.findLast(({ name }) => name === done);
    const who = own.findLast(({ name }) => name === asked)?.actor_name;
    return event && { event: event.id, at: event.at, who: who ?? event.actor_name };
  };
  const byImport = Map.groupBy(events, (event) => event.subject_id);
  return new Map(
    [...byImport].map(([id, own]) => [
      id,
      {
        applied: last(own, 'import.applied', 'import.apply_requested'),
        undone: last(own, 'import.undone', 'import.undo_requested'),
      },
    ]),
  );
}
