import { recordAccess } from '#lib/access.ts';
import { type Snapshot, snapshot } from '#lib/batches.ts';
import { type Ctx, may } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { writeOldTextSheet } from '#lib/xlsx/old-text-sheet.ts';
import { writeTextSheet } from '#lib/xlsx/text-sheet.ts';
import { type LineRow, type MallReport, readKeptCells, visibleLines } from '#orders';
import type { ChannelRow } from '../tables.ts';
import {
  type Box,
  type BoxLine,
  columnsOf,
  type DueLine,
  type Filled,
  fillLine,
  isApart,
  type OwnRow,
} from './filling.rules.ts';
import type { DispatchFormat } from './format.ts';
import { formatOf } from './formats.ts';
import { readSpellings } from './spellings.ts';

/** `due`: only what stands in no file yet; `unseen`: also what was sent before and the mall has not shown yet. */
export type DispatchScope = 'due' | 'unseen';

type Line = DueLine & Pick<LineRow, 'id' | 'order_id' | 'mall_report' | 'source_import_id' | 'source_row'>;

const lineColumns = [
  'id',
  'line_no',
  'order_no',
  'bundle_no',
  'method',
  'method_text',
  'courier',
  'tracking_no',
  'order_id',
  'recipient_name',
  'recipient_phone',
  'mall_report',
  'source_import_id',
  'source_row',
].map((column) => `order_lines.${column}`);

/** What a file would hold, and what keeps the other lines out of it. */
export interface Prepared {
  columns: string[];
  ready: Extract<Filled<Line>, { cells: string[] }>[];
  /** By the id of the line's row on this snapshot. */
  problems: Map<number, string[]>;
}

/** The lines of a channel its mall has to be told of. */
export function dispatchLines(snap: Snapshot, channelId: number, scope: DispatchScope) {
  const reports: MallReport[] = scope === 'due' ? ['due'] : ['due', 'sent'];
  return visibleLines(snap)
    .where({ 'order_lines.channel_id': channelId, 'order_lines.status': 'dispatched' })
    .whereIn('order_lines.mall_report', reports);
}

/** Fills the file of a channel and finds what is missing, before anything is written. */
export async function prepareDispatch(
  snap: Snapshot,
  channel: ChannelRow,
  format: DispatchFormat,
  scope: DispatchScope,
): Promise<Prepared> {
  const lines = (await dispatchLines(snap, channel.id, scope)
    .select(lineColumns)
    .orderBy('order_lines.line_no')) as Line[];
  const own = format.keys.length > 0 ? await readOwnRows(snap, lines) : new Map<number, OwnRow>();
  const boxes = format.boxes ? await readBoxes(snap, channel.id, lines, own) : undefined;
  const columns = columnsOf(format, newest(lines, own)?.columns);
  const spellings = await readSpellings(snap, format);

  const filled = lines.map((line) =>
    fillLine(line, {
      format,
      columns,
      spellings,
      ownRow: ({ id }) => own.get(id),
      box: boxes && (({ bundle_no }) => boxes.get(bundle_no) ?? { apart: false, splittable: true }),
    }),
  );
  return {
    columns,
    ready: filled.filter((one) => one.problems === undefined),
    problems: new Map(filled.flatMap((one) => (one.problems ? [[one.line.id, one.problems]] : []))),
  };
}

/** By the id of the line's row: the cells of the file in which the line was last new or changed. */
async function readOwnRows(ctx: Ctx, lines: readonly Line[]): Promise<Map<number, OwnRow>> {
  const rows = new Map<number, OwnRow>();
  const sourced = lines.filter((line) => line.source_import_id !== null && line.source_row !== null);
  for (const [importId, own] of Map.groupBy(sourced, (line) => line.source_import_id!)) {
    const source = await ctx.db('imports').where({ id: importId }).first('columns_json');
    const columns = JSON.parse(source?.columns_json ?? '[]') as string[];
    const kept = await readKeptCells(
      ctx,
      importId,
      own.map((line) => line.source_row!),
    );
    for (const line of own) {
      const cells = kept.get(line.source_row!);
      if (cells) rows.set(line.id, { columns, cells });
    }
  }
  return rows;
}

function newest(lines: readonly Line[], own: ReadonlyMap<number, OwnRow>): OwnRow | undefined {
  const known = lines.filter((line) => own.has(line.id));
  const last = known.reduce<Line | undefined>(
    (best, line) => (!best || line.source_import_id! > best.source_import_id! ? line : best),
    undefined,
  );
  return last && own.get(last.id);
}

/** Boxes by bundle number, with all of their lines: one that still waits keeps its siblings apart from it. */
async function readBoxes(
  snap: Snapshot,
  channelId: number,
  lines: readonly Line[],
  own: ReadonlyMap<number, OwnRow>,
): Promise<Map<string, Box>> {
  const bundleNos = [...new Set(lines.map((line) => line.bundle_no).filter((no) => no !== ''))];
  const orderNos = [...new Set(lines.map((line) => line.order_no))];
  const siblings: (BoxLine & Pick<LineRow, 'bundle_no'>)[] = [];
  for (let at = 0; at < orderNos.length; at += 1000) {
    siblings.push(
      ...(await visibleLines(snap)
        .whereIn(
          'order_lines.order_id',
          snap
            .db('orders')
            .select('id')
            .whereIn('order_no', orderNos.slice(at, at + 1000))
            .where({ channel_id: channelId }),
        )
        .select(
          'order_lines.bundle_no',
          'order_lines.status',
          'order_lines.method',
          'order_lines.courier',
          'order_lines.tracking_no',
        )),
    );
  }
  const byBundle = Map.groupBy(siblings, (line) => line.bundle_no);
  const forbidden = new Set(
    lines.filter((line) => forbidsSplit(own.get(line.id))).map((line) => line.bundle_no),
  );
  return new Map(
    bundleNos.map((no) => [no, { apart: isApart(byBundle.get(no) ?? []), splittable: !forbidden.has(no) }]),
  );
}

/** The mall's export says 분리배송가능 or 분리배송불가 where its upload says Y or N. */
function forbidsSplit(row: OwnRow | undefined): boolean {
  return row?.cells[row.columns.indexOf('분리배송 Y/N')]?.trim() === '분리배송불가';
}

/**
 * Writes the mall's dispatch file and notes that its lines were sent. They stay in later `unseen` files until the
 * mall's own file shows them on their way, so a file that was lost loses nothing. Lines that lack something stay due.
 * Returns the number of rows.
 */
export async function exportDispatchFile(
  ctx: Ctx,
  channel: ChannelRow,
  scope: DispatchScope,
  path: string,
  reason = '',
): Promise<number> {
  const format = formatOf(channel);
  if (!format)
    throw new Refusal(`${channel.name}에 올릴 발송처리 파일의 형식을 모릅니다. 몰에서 직접 처리해 주세요.`);
  if (format.personal && !may(ctx, 'orders.personal'))
    throw new Refusal(
      `${channel.name} 파일에는 받는 분의 이름과 주소가 들어갑니다. 이를 볼 권한이 있는 사람이 받아 주세요.`,
    );
  const { columns, ready, problems } = await snapshot(ctx, (snap) =>
    prepareDispatch(snap, channel, format, scope),
  );
  await writeSheet(
    format,
    path,
    columns,
    ready.map(({ cells }) => cells),
  );

  await transaction(ctx, async (tx) => {
    const told = ready.filter(({ line }) => line.mall_report === 'due');
    await noteSent(
      tx,
      channel.id,
      told.map(({ line }) => line.line_no),
    );
    const [id] = await tx.db('dispatch_files').insert({
      channel_id: channel.id,
      line_count: ready.length,
      left_count: problems.size,
      reason,
      made_by: tx.actor.id,
      made_by_name: tx.actor.name,
      made_at: tx.now(),
    });
    await record(tx, 'dispatch.exported', 'dispatch_file', id!, {
      channel: channel.code,
      scope,
      lines: ready.length,
      left: problems.size,
      personal: format.personal,
      reason,
    });
    if (format.personal) {
      await recordAccess(tx, {
        kind: 'export',
        subject: { type: 'dispatch_file', id: id! },
        subjects: { type: 'order', ids: ready.map(({ line }) => line.order_id) },
        people: ready.length,
        detail: `${channel.name} 발송처리 파일`,
        reason,
      });
    }
  });
  return ready.length;
}

async function writeSheet(
  format: DispatchFormat,
  path: string,
  columns: readonly string[],
  rows: readonly string[][],
): Promise<void> {
  const table = [
    ...(format.title ? [columns.map((_, at) => (at === 0 ? format.title! : ''))] : []),
    [...columns],
    ...(format.helper ? [columns.map(format.helper)] : []),
    ...rows,
  ];
  const write = format.container === 'xls' ? writeOldTextSheet : writeTextSheet;
  await write(path, format.sheet, table[0]!, table.slice(1));
}

/** By number, so that a line which an import is replacing at this moment is noted in both its versions. */
async function noteSent(tx: Ctx, channelId: number, lineNos: readonly string[]): Promise<void> {
  for (let at = 0; at < lineNos.length; at += 1000) {
    await tx
      .db('order_lines')
      .whereIn('line_no', lineNos.slice(at, at + 1000))
      .where({ channel_id: channelId, mall_report: 'due' })
      .update({ mall_report: 'sent' });
  }
}
