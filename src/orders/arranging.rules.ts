import type { LineRow } from './tables.ts';

type Arranged = Pick<LineRow, 'order_id' | 'line_no' | 'kind' | 'main_line_no'>;

/**
 * Puts the lines of one order side by side and each add-on below its main, where the list's order leaves it open:
 * among neighbours that `rank` alike.
 */
export function arrangeNeighbours<L extends Arranged>(
  lines: readonly L[],
  rank: (line: L) => string | number,
): L[] {
  const runs: L[][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run && rank(run[0]!) === rank(line)) run.push(line);
    else runs.push([line]);
  }
  return runs.flatMap((run) => [...Map.groupBy(run, (line) => line.order_id).values()].flatMap(arrangeOrder));
}

/** Lines of one order by number, each add-on below its main. */
export function arrangeOrder<L extends Arranged>(lines: readonly L[]): L[] {
  const inOrder = [...lines].sort((a, b) => (a.line_no < b.line_no ? -1 : 1));
  const mains = new Set(inOrder.filter((line) => line.kind === 'main').map((line) => line.line_no));
  const hangs = (line: L) =>
    line.kind === 'addon' && line.main_line_no !== null && mains.has(line.main_line_no);
  const onMain = Map.groupBy(inOrder.filter(hangs), (line) => line.main_line_no);
  return inOrder
    .filter((line) => !hangs(line))
    .flatMap((line) => [line, ...(onMain.get(line.line_no) ?? [])]);
}
