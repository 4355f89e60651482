import type { Ctx } from '#lib/ctx.ts';
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
  if (lines.length === 0) return new Map();
  const rows: { line_no: string; cells: string; columns_json: string | null }[] = await ctx
    .db('import_rows')
    .join('imports', 'imports.id', 'import_rows.import_id')
    .whereIn(
      ['import_rows.import_id', 'import_rows.row_no'],
      lines.map((line) => [line.source_import_id!, line.source_row!]),
    )
    .select('import_rows.line_no', 'import_rows.cells', 'imports.columns_json');
  return new Map(
    rows.map((row) => {
      const names = JSON.parse(row.columns_json ?? '[]') as string[];
      const cells = JSON.parse(row.cells) as string[];
      return [row.line_no, new Map(names.map((name, at) => [name, cells[at] ?? '']))];
    }),
  );
}
