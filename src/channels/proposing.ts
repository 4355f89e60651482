import { scopeOfUser } from '#accounts';
import { putMany } from '#lib/bulk.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { FileRefused } from '#lib/xlsx/refusals.ts';
import { keepCells, type PackedCells, packCells } from '#orders';
import { findChannel, findChannelByCode } from './channels.ts';
import {
  type Layout,
  LayoutUnknown,
  type MallFile,
  type MallFileOptions,
  readMallFile,
} from './layouts/index.ts';
import type { KeptHead } from './mapping/heads.ts';
import { openRecognition } from './mapping/recognising.ts';
import { type ReadRow, stageRows } from './staging.ts';
import type { ChannelRow, ImportRow, Problem, StagedRow } from './tables.ts';
import { findWays } from './words.ts';

/** The import was cancelled, or another process reads it now. */
export class ReadingStopped extends Error {
  override name = 'ReadingStopped';
}

const rowsPerPart = 1000;

export interface Proposal {
  columns: string[];
  orders: number;
  /** Rows that lack nothing but what a word of the mall's means. */
  undecided: number;
  /** Of a file whose layout was taught: its columns may be named anew. */
  head?: KeptHead;
}

/** Finds out whose file it is, then reads it and stages its rows as a proposal, part by part. */
export async function proposeFile(
  ctx: Ctx,
  row: ImportRow,
  token: string,
  path: string,
  progress: (done: number, total: number) => void,
): Promise<Proposal> {
  const chosen = row.channel_id ? await findChannel(ctx, row.channel_id) : undefined;
  const whole = { ...row };
  let head: KeptHead | undefined;
  const file = await openMallFile(ctx, path, chosen, {
    onHead: (known) => {
      head = known;
    },
    onLayout: async (layout) => {
      const channel = await channelOf(ctx, row, layout, chosen);
      whole.channel_id = channel.id;
      await noteLayout(ctx, whole, token, layout);
      return findWays(ctx, channel.id);
    },
  });
  const seen = new Map<string, number>();
  const orders = new Set<string>();
  let part: ReadRow[] = [];
  let orderNo: string | undefined;
  let [rows, undecided] = [0, 0];
  let saved = Promise.resolve();

  // a part is saved while the next one is compared and the one after that is being read
  const flush = async () => {
    const [full, upTo] = [part, rows + part.length];
    part = [];
    rows = upTo;
    const compared = comparePart(ctx, whole, full);
    compared.catch(() => {}); // whoever awaits it next hears of it
    await saved;
    saved = compared
      .then((ready) => savePart(ctx, whole, token, ready, upTo))
      .then(() => progress(upTo, Math.max(upTo, file.expectedRows)));
    saved.catch(() => {});
  };
  for await (const read of file.rows) {
    const checked = refuseRepeated(read, seen, file.layout);
    if (isUndecided(checked)) undecided += 1;
    const next = checked.line?.orderNo;
    if (part.length >= rowsPerPart && next !== orderNo) await flush();
    if (next) orders.add(next);
    orderNo = next;
    part.push(checked);
  }
  await flush();
  await saved;
  return { columns: file.columns, orders: orders.size, undecided, ...(head && { head }) };
}

/** Opens the file by the layout that fits. Throws `ColumnsUnknown` when a person has to name its columns. */
async function openMallFile(
  ctx: Ctx,
  path: string,
  chosen: ChannelRow | undefined,
  { onHead, onLayout }: Pick<MallFileOptions, 'onLayout'> & { onHead: (head: KeptHead) => void },
): Promise<MallFile> {
  const recognition = await openRecognition(ctx, chosen);
  try {
    return await readMallFile(path, recognition.layouts, {
      prefer: (layout) => layout.channel === chosen?.code,
      onLearnt: async (layout, top) => onHead(await recognition.checkLearnt(layout, top)),
      ...(onLayout && { onLayout }),
    });
  } catch (error) {
    throw error instanceof LayoutUnknown ? await recognition.explain(error) : error;
  }
}

/** The mall whose file it is. A person who chose another one has probably taken the wrong file. */
async function channelOf(
  ctx: Ctx,
  { created_by }: ImportRow,
  layout: Layout,
  chosen: ChannelRow | undefined,
): Promise<ChannelRow> {
  if (chosen && chosen.code !== layout.channel) {
    throw new FileRefused(
      `${layout.name} 파일입니다. 고른 채널은 ${chosen.name}입니다. 채널을 바꾸거나 ‘파일을 보고 찾기’로 다시 올려 주세요.`,
    );
  }
  const channel = chosen ?? (await findChannelByCode(ctx, layout.channel));
  const scope = created_by === null ? 'all' : await scopeOfUser(ctx, created_by);
  if (scope !== 'all' && !scope.has(channel.id)) {
    throw new FileRefused(
      `${layout.name} 파일입니다. ${channel.name}은(는) 올린 사람이 맡은 채널이 아닙니다. 관리자에게 물어봐 주세요.`,
    );
  }
  return channel;
}

async function noteLayout(
  ctx: Ctx,
  { id, channel_id }: ImportRow,
  token: string,
  layout: Layout,
): Promise<void> {
  const reading = await ctx
    .db('imports')
    .where({ id, read_token: token, state: 'reading' })
    .update({ channel_id, layout: layout.code });
  if (reading === 0) throw new ReadingStopped();
}

/** Nothing is wrong with the row but a word that a person can explain. */
function isUndecided({ problems }: ReadRow): boolean {
  return problems !== undefined && problems.length > 0 && problems.every(({ unknown }) => unknown);
}

/** A line number counts once in a file; a second row with it is shown to a person. */
function refuseRepeated(read: ReadRow, seen: Map<string, number>, { headers }: Layout): ReadRow {
  if (!read.line) return read;
  const first = seen.get(read.line.lineNo);
  if (first === undefined) {
    seen.set(read.line.lineNo, read.row);
    return read;
  }
  const column = [headers.lineNo?.[0], headers.lineSerial?.[0]].filter(Boolean).join('+');
  const problem: Problem = {
    column,
    value: read.line.lineNo,
    reason: `${first}행에 같은 ${column}가 이미 있습니다. 한 행만 남겨 주세요.`,
  };
  return { row: read.row, cells: read.cells, problems: [problem] };
}

interface ComparedPart {
  staged: StagedRow[];
  packed: PackedCells[];
}

async function comparePart(
  ctx: Ctx,
  { id, channel_id }: ImportRow,
  part: readonly ReadRow[],
): Promise<ComparedPart> {
  const [staged, packed] = await Promise.all([stageRows(ctx, channel_id, id, part), packCells(part)]);
  return { staged, packed };
}

/** Writes a part, if this process is still the one that reads. */
async function savePart(
  ctx: Ctx,
  { id }: ImportRow,
  token: string,
  { staged, packed }: ComparedPart,
  rows: number,
): Promise<void> {
  await transaction(ctx, async (tx) => {
    const reading = await tx
      .db('imports')
      .where({ id, read_token: token, state: 'reading' })
      .update({ rows_read: rows, beat_at: tx.now() });
    if (reading === 0) throw new ReadingStopped();
    await putMany(tx, 'import_rows', staged);
    await keepCells(tx, id, packed);
  });
}
