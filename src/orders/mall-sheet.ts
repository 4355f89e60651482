import type { Ctx } from '#lib/ctx.ts';
import { readKeptCells } from './kept-cells.ts';
import type { ShownLine } from './shown-lines.ts';

/** The mall's own columns of some lines: a row for each column, a cell for each line. */
export interface MallSheet {
  lineNos: string[];
  rows: { name: string; cells: string[] }[];
  /** How many columns are blank on every line; they are left out of `rows`. */
  blank: number;
}

/** What the files said in which the lines were last new or changed. Lines whose file is gone are left out. */
export async function readMallSheet(ctx: Ctx, lines: readonly ShownLine[]): Promise<MallSheet> {
  const sources = lines.filter((line) => line.source_import_id !== null && line.source_row !== null);
  const texts = await readTexts(ctx, sources);
  const known = sources.filter((line) => texts.has(line.line_no));

  const names = [...new Set(known.flatMap((line) => [...texts.get(line.line_no)!.keys()]))];
  const rows = names.map((name) => ({
    name,
    cells: known.map((line) => texts.get(line.line_no)!.get(name) ?? ''),
  }));
  const filled = rows.filter((row) => row.cells.some((cell) => cell !== ''));
  return { lineNos: known.map((line) => line.line_no), rows: filled, blank: rows.length - filled.length };
}

/** By line number: the text under each column name. */
async function readTexts(ctx: Ctx, lines: readonly ShownLine[]): Promise<Map<string, Map<string, string>>> {
  const texts = new Map<string, Map<string, string>>();
  for (const [importId, own] of Map.groupBy(lines, (line) => line.source_import_id!)) {
    const cells = await readKeptCells(
      ctx,
      importId,
      own.map((line) => line.source_row!),
    );
    const source = await ctx.db('imports').where({ id: importId }).first('columns_json');
    const names = JSON.parse(source?.columns_json ?? '[]') as string[];
    for (const line of own) {
      const kept = cells.get(line.source_row!);
      if (kept) texts.set(line.line_no, new Map(names.map((name, at) => [name, kept[at] ?? ''])));
    }
  }
  return texts;
}
