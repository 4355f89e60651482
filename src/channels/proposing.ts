import { putMany } from '#lib/bulk.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { keepCells, packCells } from '#orders';
import { readMallFile, smartStore } from './layouts/index.ts';
import { type ReadRow, stageRows } from './staging.ts';
import type { ImportRow } from './tables.ts';

/** The import was cancelled, or another process reads it now. */
export class ReadingStopped extends Error {
  override name = 'ReadingStopped';
}

const rowsPerPart = 1000;

/** Reads an unlocked file and stages its rows as a proposal, part by part. Returns its columns and order count. */
export async function proposeFile(
  ctx: Ctx,
  row: ImportRow,
  token: string,
  path: string,
  progress: (done: number, total: number) => void,
): Promise<{ columns: string[]; orders: number }> {
  const file = await readMallFile(path, smartStore);
  const seen = new Map<string, number>();
  const orders = new Set<string>();
  let part: ReadRow[] = [];
  let orderNo: string | undefined;
  let rows = 0;
  let saved = Promise.resolve();

  // a part is compared and saved while the next one is being read
  const flush = async () => {
    const [full, upTo] = [part, rows + part.length];
    part = [];
    rows = upTo;
    await saved;
    saved = savePart(ctx, row, token, full, upTo).then(() =>
      progress(upTo, Math.max(upTo, file.expectedRows)),
    );
    saved.catch(() => {}); // whoever awaits it next hears of it
  };
  for await (const read of file.rows) {
    const checked = refuseRepeated(read, seen);
    const next = checked.line?.orderNo;
    if (part.length >= rowsPerPart && next !== orderNo) await flush();
    if (next) orders.add(next);
    orderNo = next;
    part.push(checked);
  }
  await flush();
  await saved;
  return { columns: file.columns, orders: orders.size };
}

/** A line number counts once in a file; a second row with it is shown to a person. */
function refuseRepeated(read: ReadRow, seen: Map<string, number>): ReadRow {
  if (!read.line) return read;
  const first = seen.get(read.line.lineNo);
  if (first === undefined) {
    seen.set(read.line.lineNo, read.row);
    return read;
  }
  return {
    row: read.row,
    cells: read.cells,
    problems: [
      {
        column: '상품주문번호',
        value: read.line.lineNo,
        reason: `${first}행에 같은 상품주문번호가 이미 있습니다. 한 행만 남겨 주세요.`,
      },
    ],
  };
}

/** Compares a part with what is known and writes it, if this process is still the one that reads. */
async function savePart(
  ctx: Ctx,
  { id, channel_id }: ImportRow,
  token: string,
  part: readonly ReadRow[],
  rows: number,
): Promise<void> {
  const [staged, packed] = await Promise.all([stageRows(ctx, channel_id, id, part), packCells(part)]);
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
