import type { Ctx } from '#lib/ctx.ts';
import { type EventRow, listEvents } from '#lib/events.ts';
import type { Change, Value } from './changes.rules.ts';
import { orderEventWords } from './event-words.ts';
import { fieldNames, fieldText, maskedValue } from './field-names.ts';
import type { ShownLine } from './shown-lines.ts';
import type { ContentField } from './tables.ts';

/** Something that happened to an order, in words. */
export interface TimelineEntry {
  at: Date;
  who: string;
  words: string;
  /** The lines it happened to, unless it was all of them. */
  lineNos: string[];
  /** What an import changed, cell by cell. */
  changes: ShownChange[];
  importId?: number;
}

/** A change, once for all lines that share it; no numbers when it was all lines of the entry. */
export interface ShownChange {
  name: string;
  before: string;
  after: string;
  lineNos: string[];
}

/** What people and imports did to the lines of an order, newest first; `open` when its people are not hidden. */
export async function listTimeline(
  ctx: Ctx,
  orderId: number,
  channelId: number,
  lines: readonly Pick<ShownLine, 'line_no'>[],
  open: boolean,
): Promise<TimelineEntry[]> {
  const all = lines.map((line) => line.line_no);
  const say: Say = (field, value) => fieldText(field, open ? value : maskedValue(field, value));
  const told = (await listEvents(ctx, 'order', orderId)).map((event) => ({ event, data: dataOf(event) }));
  const options = await findOptionTexts(
    ctx,
    told.flatMap(({ data }) => data.changes ?? []),
  );
  const events = told.map(({ event, data }) => eventEntry(event, data, all, tellOptions(options, say)));
  const imports = await importEntries(ctx, channelId, all, say);
  return [...events, ...imports].sort(
    (a, b) => b.at.getTime() - a.at.getTime() || (b.importId ?? 0) - (a.importId ?? 0), // imports tell no fractions
  );
}

/** Puts a value into words, masked where its people are hidden. */
type Say = (field: ContentField, value: Value) => string;

interface EventData {
  lines?: { no: string }[];
  changes?: (Change & { lineNos: string[] })[];
}

function dataOf(event: EventRow): EventData {
  return JSON.parse(event.data) as EventData;
}

function eventEntry(event: EventRow, data: EventData, all: readonly string[], say: Say): TimelineEntry {
  const lineNos = (data.lines ?? []).map((line) => line.no);
  return {
    at: event.at,
    who: event.actor_name,
    words: orderEventWords(event),
    lineNos: unlessAll(lineNos, all),
    changes: (data.changes ?? []).map(({ field, before, after, lineNos: own }) => ({
      name: fieldNames[field],
      before: say(field, before),
      after: say(field, after),
      lineNos: unlessAll(own, all),
    })),
  };
}

interface ImportedRow {
  import_id: number;
  line_no: string;
  kind: 'new' | 'changed' | 'conflict';
  changes: string | null;
  undone: 'undone' | 'kept' | null;
  file_name: string;
  created_by_name: string;
  applied_at: Date;
  undone_at: Date | null;
}

async function importEntries(
  ctx: Ctx,
  channelId: number,
  lineNos: readonly string[],
  say: Say,
): Promise<TimelineEntry[]> {
  const rows: ImportedRow[] = await ctx
    .db('import_rows')
    .join('imports', 'imports.id', 'import_rows.import_id')
    .whereIn('import_rows.line_no', lineNos)
    .whereIn('import_rows.kind', ['new', 'changed', 'conflict'])
    .where({ 'imports.channel_id': channelId })
    .whereNotNull('imports.applied_at')
    .select(
      'import_rows.import_id',
      'import_rows.line_no',
      'import_rows.kind',
      'import_rows.changes',
      'import_rows.undone',
      'imports.file_name',
      'imports.created_by_name',
      'imports.applied_at',
      'imports.undone_at',
    );
  const written = rows.filter((row) => row.kind === 'new' || changesOf(row).length > 0);
  const options = await findOptionTexts(ctx, written.flatMap(changesOf));
  return [...Map.groupBy(written, (row) => row.import_id).values()].flatMap((own) => [
    appliedEntry(own, lineNos, tellOptions(options, say)),
    ...undoneEntry(own, lineNos),
  ]);
}

function appliedEntry(rows: readonly ImportedRow[], all: readonly string[], say: Say): TimelineEntry {
  const { import_id, file_name, created_by_name, applied_at } = rows[0]!;
  const isNew = rows.every((row) => row.kind === 'new');
  return {
    at: applied_at,
    who: created_by_name,
    words: `‘${file_name}’ 가져오기로 ${isNew ? '들어왔습니다.' : '바뀌었습니다.'}`,
    lineNos: unlessAll(
      rows.map((row) => row.line_no),
      all,
    ),
    changes: shownChanges(rows, say),
    importId: import_id,
  };
}

function undoneEntry(rows: readonly ImportedRow[], all: readonly string[]): TimelineEntry[] {
  const undone = rows.filter((row) => row.undone === 'undone');
  const { import_id, file_name, undone_at } = rows[0]!;
  if (undone.length === 0 || !undone_at) return [];
  const lineNos = undone.map((row) => row.line_no);
  const words = `‘${file_name}’ 가져오기를 되돌렸습니다.`;
  return [
    { at: undone_at, who: '', words, lineNos: unlessAll(lineNos, all), changes: [], importId: import_id },
  ];
}

function shownChanges(rows: readonly ImportedRow[], say: Say): ShownChange[] {
  const told = new Map<string, ShownChange>();
  for (const row of rows) {
    for (const { field, before, after } of worthTelling(changesOf(row))) {
      const change = {
        name: fieldNames[field],
        before: say(field, before),
        after: say(field, after),
      };
      const key = JSON.stringify(change);
      const known = told.get(key) ?? { ...change, lineNos: [] };
      known.lineNos.push(row.line_no);
      told.set(key, known);
    }
  }
  return [...told.values()].map((change) => ({
    ...change,
    lineNos: change.lineNos.length === rows.length ? [] : change.lineNos,
  }));
}

/** The mall's own words for a status say nothing more than the status that changed with them. */
function worthTelling(changes: readonly Change[]): Change[] {
  if (!changes.some(({ field }) => field === 'status')) return [...changes];
  return changes.filter(({ field }) => field !== 'mall_status' && field !== 'mall_detail');
}

function tellOptions(options: ReadonlyMap<number, string>, say: Say): Say {
  return (field, value) =>
    field === 'channel_option_id' ? (options.get(Number(value)) ?? '없음') : say(field, value);
}

/** What the channel calls the options that lines were changed from and to. */
async function findOptionTexts(ctx: Ctx, told: readonly Change[]): Promise<Map<number, string>> {
  const changes = told.filter(({ field }) => field === 'channel_option_id');
  if (changes.length === 0) return new Map();
  const found: { id: number; product_name: string; option_text: string }[] = await ctx
    .db('channel_options')
    .whereIn(
      'id',
      changes.flatMap(({ before, after }) => [Number(before), Number(after)]),
    )
    .select('id', 'product_name', 'option_text');
  return new Map(
    found.map((row) => [row.id, [row.product_name, row.option_text].filter(Boolean).join(' · ')]),
  );
}

function changesOf(row: ImportedRow): Change[] {
  if (!row.changes) return [];
  return (JSON.parse(row.changes) as { changes: Change[] }).changes;
}

function unlessAll(lineNos: readonly string[], all: readonly string[]): string[] {
  return all.every((lineNo) => lineNos.includes(lineNo)) ? [] : [...lineNos];
}
