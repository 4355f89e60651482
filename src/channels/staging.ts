import { type Snapshot, shown, snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import type { LineRow } from '#orders';
import { dictionaryKey, findChannelOptions } from '#products';
import { findMainLines } from './addons.rules.ts';
import type { MallLine } from './layouts/layout.ts';
import { channelText, compareWith, lineContent } from './mall-lines.ts';
import type { Outcome, Problem, StagedRow } from './tables.ts';

/** A row of a file after reading: a line, or what is wrong with it. */
export interface ReadRow {
  row: number;
  cells: readonly string[];
  line?: MallLine;
  problems?: readonly Problem[];
}

/** Compares a part of a file with what is known and gives the rows to stage. Whole orders must stand in one part. */
export async function stageRows(
  ctx: Ctx,
  channelId: number,
  importId: number,
  rows: readonly ReadRow[],
): Promise<StagedRow[]> {
  const lines = rows.map((row) => row.line).filter((line) => line !== undefined);
  const keys = new Map(lines.map((line) => [line, dictionaryKey(channelText(line))]));
  const mains = findMainLines(lines);
  const { current, options } = await snapshot(ctx, async (snap) => ({
    current: await findCurrentLines(
      snap,
      channelId,
      lines.map((line) => line.lineNo),
    ),
    options: await findChannelOptions(snap, channelId, [...new Set(keys.values())]),
  }));

  return rows.map(({ row, line, problems }) => {
    const mainLineNo = line ? (mains.get(line.lineNo) ?? null) : null;
    const known = line && current.get(line.lineNo);
    const staged = {
      import_id: importId,
      row_no: row,
      line_no: line?.lineNo ?? null,
      order_no: line?.orderNo || null,
      main_line_no: mainLineNo,
      applied_revision: null,
      undone: null,
      seen_revision: known?.revision ?? null,
      seen_import_id: known?.source_import_id ?? null,
      moved: null,
    };
    if (!line)
      return { ...staged, kind: 'rejected', changes: null, problems: JSON.stringify(problems ?? []) };

    const content = lineContent(line, options.get(keys.get(line)!) ?? 0, mainLineNo);
    const found = compareWith(known, line, content);
    return { ...staged, kind: found.kind, changes: changesText(found), problems: null };
  });
}

export function changesText(found: Outcome): string | null {
  if (found.changes.length === 0 && found.kept.length === 0) return null;
  return JSON.stringify({ changes: found.changes, kept: found.kept });
}

async function findCurrentLines(
  snap: Snapshot,
  channelId: number,
  lineNos: readonly string[],
): Promise<Map<string, LineRow>> {
  if (lineNos.length === 0) return new Map();
  const rows: LineRow[] = await shown(snap.db('order_lines'), 'order_lines', snap.window)
    .where({ channel_id: channelId })
    .whereIn('line_no', lineNos);
  return new Map(rows.map((row) => [row.line_no, row]));
}
