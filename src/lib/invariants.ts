import { type Snapshot, snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';

/** Something found that does not hold, and the page where it can be looked at. Names nobody. */
export interface Finding {
  words: string;
  href: string;
}

/** What must hold of all that is stored, whatever people, imports and crashes do. A module declares its own. */
export interface Invariant {
  /** `deliveries.sums` */
  name: string;
  /** What holds, as a person says it. */
  sentence: string;
  /** Only true while no import is being applied or undone: it is looked at between two of them. */
  betweenBatches?: true;
  /** What breaks it, on one snapshot; nothing where all is well. Large tables are read in parts. */
  find(snap: Snapshot): AsyncIterable<Finding>;
}

/** The ends of parts of a table along its numeric key, so that no statement reads millions of rows at once. */
export async function* parts(
  snap: Snapshot,
  table: string,
  column = 'id',
  size = 50_000,
): AsyncGenerator<readonly [from: number, to: number]> {
  const ends = await snap.db(table).min({ first: column }).max({ last: column }).first();
  if (ends?.first == null) return;
  for (let from = Number(ends.first); from <= Number(ends.last); from += size) {
    const startedAt = performance.now();
    yield [from, from + size - 1];
    await snap.pace.rest(performance.now() - startedAt);
  }
}

/** The rows of a statement of our own. */
export async function rowsOf<Row>(
  snap: Pick<Ctx, 'db'>,
  sql: string,
  bindings: readonly (string | number | Date)[] = [],
): Promise<Row[]> {
  const [rows] = await snap.db.raw(sql, [...bindings]);
  return rows as Row[];
}

/** Another snapshot is asked for until one has no batch at work; undefined when that took too long. */
export async function quietSnapshot<T>(
  ctx: Ctx,
  waitMs: number,
  read: (snap: Snapshot) => Promise<T>,
): Promise<{ read: T } | undefined> {
  for (const giveUpAt = performance.now() + waitMs; ; ) {
    const found = await snapshot(ctx, async (snap) => {
      const isQuiet = snap.window.unseen.length === 0 && snap.window.settling.length === 0;
      return isQuiet ? { read: await read(snap) } : undefined;
    });
    if (found) return found;
    if (performance.now() >= giveUpAt) return undefined;
    await new Promise((done) => setTimeout(done, 500));
  }
}

/** Keys that referee whatever comes twice or at once: without one of them nobody would notice. */
export function keysStand(
  name: string,
  title: string,
  keys: Readonly<Record<string, readonly string[]>>,
): Invariant {
  return {
    name,
    sentence: `${title}: 두 번 들어오는 것을 막는 고유 키가 모두 있습니다.`,
    async *find(snap) {
      const tables = [...new Set(Object.keys(keys))];
      const found = await rowsOf<{ t: string; columns: string }>(
        snap,
        `SELECT table_name AS t, GROUP_CONCAT(column_name ORDER BY seq_in_index) AS columns
         FROM information_schema.statistics
         WHERE table_schema = DATABASE() AND non_unique = 0 AND table_name IN (${tables.map(() => '?').join(',')})
         GROUP BY table_name, index_name`,
        tables,
      );
      const there = new Set(found.map(({ t, columns }) => `${t} ${columns}`));
      for (const [table, wanted] of Object.entries(keys)) {
        for (const columns of wanted.filter((one) => !there.has(`${table} ${one}`)))
          yield { words: `표 ${table}에 고유 키(${columns})가 없습니다.`, href: '/admin/checks' };
      }
    },
  };
}
