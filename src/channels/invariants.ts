import { createHash } from 'node:crypto';
import type { Finding, Invariant } from '#lib/invariants.ts';
import { keysStand, parts, rowsOf } from '#lib/invariants.ts';
import { keptParts } from './import-files.ts';

const at = (id: number) => `/imports/${id}`;

/** States in which all rows of a file have been read. */
const read = `'proposed', 'applying', 'applied', 'undoing', 'undone'`;

/** Of the figures an import shows, the names and the column; each is counted from its rows. */
const figures = [
  ['새 주문', 'new_count'],
  ['바뀜', 'changed_count'],
  ['같음', 'same_count'],
  ['확인 필요', 'conflict_count'],
  ['주문 기다림', 'waiting_count'],
  ['이어 제안함', 'met_count'],
  ['거절', 'rejected_count'],
] as const;
const kindOf = (column: string) => column.replace('_count', '');

const counted = `
  SELECT own.id, own.rows_read, own.line_count, own.order_count, own.kept_count,
    ${figures.map(([, column]) => `own.${column}, COALESCE(SUM(told.kind = '${kindOf(column)}'), 0) AS n_${kindOf(column)}`).join(', ')},
    COUNT(told.row_no) AS n, COUNT(DISTINCT told.order_no) AS n_orders,
    COALESCE(SUM(told.kind IN ('new', 'changed', 'same', 'conflict')), 0) AS n_lines,
    COALESCE(SUM(told.undone = 'kept'), 0) AS n_kept
  FROM imports own LEFT JOIN import_rows told ON told.import_id = own.id
  WHERE own.id BETWEEN ? AND ? AND own.state IN (${read}) GROUP BY own.id
  HAVING rows_read <> n OR line_count <> n_lines OR order_count <> n_orders OR kept_count <> n_kept
    OR ${figures.map(([, column]) => `${column} <> n_${kindOf(column)}`).join(' OR ')}`;

export const invariants: readonly Invariant[] = [
  keysStand('channels.keys', '가져오기', {
    change_batches: ['busy_channel_id'],
    imports: ['id'],
    channels: ['code'],
    import_files: ['import_id,part'],
    kept_cells: ['import_id,block_no,first_row'],
  }),
  {
    name: 'imports.counts',
    sentence: '가져오기에 적힌 건수가 행의 수와 같습니다.',
    betweenBatches: true,
    async *find(snap) {
      for await (const [from, to] of parts(snap, 'imports', 'id', 200)) {
        const rows = await rowsOf<Record<string, string>>(snap, counted, [from, to]);
        for (const row of rows) {
          const differs = [
            ...figures.map(([name, column]) => [name, row[column], row[`n_${kindOf(column)}`]]),
            ['모든 행', row.rows_read, row.n],
            ['상품주문', row.line_count, row.n_lines],
            ['주문', row.order_count, row.n_orders],
            ['그대로 둠', row.kept_count, row.n_kept],
          ].filter(([, kept, n]) => Number(kept) !== Number(n));
          yield {
            words: `가져오기 ${row.id}번의 건수가 행과 다릅니다: ${differs.map(([name, kept, n]) => `${name} ${kept}건(행은 ${n}건)`).join(', ')}.`,
            href: at(Number(row.id)),
          };
        }
      }
    },
  },
  {
    name: 'imports.lines',
    sentence: '적용한 가져오기가 만들거나 바꾼 상품주문은 모두 있습니다.',
    betweenBatches: true,
    async *find(snap) {
      for await (const [from, to] of parts(snap, 'imports', 'id', 50)) {
        const rows = await rowsOf<{ id: number; n: number; first: string }>(
          snap,
          `SELECT own.id, COUNT(*) AS n, MIN(told.line_no) AS first FROM imports own
           JOIN import_rows told ON told.import_id = own.id
           LEFT JOIN order_lines line ON line.line_no = told.line_no AND line.channel_id = own.channel_id
           WHERE own.id BETWEEN ? AND ? AND line.id IS NULL AND (told.kind = 'new' OR told.applied_revision IS NOT NULL)
             AND (own.state = 'applied' OR (own.state = 'undone' AND told.undone = 'kept')) GROUP BY own.id`,
          [from, to],
        );
        for (const { id, n, first } of rows)
          yield {
            words: `가져오기 ${id}번이 쓴 상품주문 ${n}건이 없습니다. 처음 것은 ${first}입니다.`,
            href: at(id),
          };
      }
    },
  },
  {
    name: 'imports.states',
    sentence: '적용하거나 되돌린 가져오기에는 그 기록과 시각이 있습니다.',
    async *find(snap) {
      const rows = await rowsOf<{ id: number }>(
        snap,
        `SELECT own.id FROM imports own WHERE own.state IN ('applied', 'undone') AND (
           own.applied_at IS NULL OR own.state = 'undone' AND own.undone_at IS NULL OR own.channel_id = 0
           OR NOT EXISTS (SELECT 1 FROM events WHERE subject_type = 'import' AND subject_id = own.id
             AND name = IF(own.state = 'applied', 'import.applied', 'import.undone'))
           OR NOT EXISTS (SELECT 1 FROM change_batches batch WHERE batch.import_id = own.id
             AND batch.kind = IF(own.state = 'applied', 'apply', 'undo') AND batch.state IN ('settling', 'done')))`,
      );
      for (const { id } of rows)
        yield { words: `가져오기 ${id}번을 적용하거나 되돌린 기록이 없습니다.`, href: at(id) };
    },
  },
  {
    name: 'imports.stuck',
    sentence: '읽거나 적용하거나 되돌리다 멈춘 채로 있는 가져오기가 없습니다.',
    async *find(snap) {
      const silentSince = new Date(snap.now().getTime() - 15 * 60_000);
      const rows = await rowsOf<{ id: number }>(
        snap,
        `SELECT id FROM imports WHERE state IN ('waiting', 'reading', 'applying', 'undoing')
           AND COALESCE(beat_at, created_at) < ?
         UNION SELECT import_id FROM change_batches WHERE busy_channel_id IS NOT NULL AND beat_at < ?
         UNION SELECT import_id FROM change_batches
           WHERE (busy_channel_id IS NULL) <> (state IN ('done', 'aborted'))`,
        [silentSince, silentSince],
      );
      for (const { id } of rows) yield { words: `가져오기 ${id}번이 15분 넘게 멈춰 있습니다.`, href: at(id) };
    },
  },
  {
    name: 'imports.waiting',
    sentence: '주문을 기다리다 이어 제안한 행은 이어진 가져오기에 있습니다.',
    async *find(snap) {
      const rows = await rowsOf<{ id: number; n: number }>(
        snap,
        `SELECT told.import_id AS id, COUNT(*) AS n FROM imports own
         JOIN import_rows told ON told.import_id = own.id AND told.kind = 'met'
         LEFT JOIN import_rows again ON again.import_id = told.met_import_id AND again.line_no = told.line_no
         LEFT JOIN imports next ON next.id = told.met_import_id
         WHERE own.met_count > 0 AND (next.id IS NULL OR again.import_id IS NULL) GROUP BY told.import_id`,
      );
      for (const { id, n } of rows)
        yield { words: `가져오기 ${id}번의 행 ${n}건이 이어진 가져오기에 없습니다.`, href: at(id) };
    },
  },
  {
    name: 'imports.files',
    sentence: '보관 중인 원본 파일은 빠진 곳이 없고, 다시 열면 올린 그대로입니다.',
    async *find(snap) {
      const rows = await rowsOf<{ id: number }>(
        snap,
        `SELECT own.id FROM imports own LEFT JOIN (
           SELECT import_id, COUNT(*) AS n, MAX(part) AS last, SUM(LENGTH(sealed)) AS bytes
           FROM import_files GROUP BY import_id
         ) kept ON kept.import_id = own.id
         WHERE own.file_destroyed_at IS NULL AND own.follows_import_id IS NULL AND own.file_size > 0
           AND (kept.n IS NULL OR kept.last <> kept.n - 1 OR kept.bytes < own.file_size)`,
      );
      for (const { id } of rows)
        yield { words: `가져오기 ${id}번의 원본 파일이 없거나 일부만 있습니다.`, href: at(id) };
      yield* openNewest(snap);
    },
  },
  {
    name: 'imports.cells',
    sentence: '읽은 가져오기에는 몰의 열이 그대로 보관되어 있습니다.',
    async *find(snap) {
      const rows = await rowsOf<{ id: number }>(
        snap,
        `SELECT own.id FROM imports own WHERE own.state IN (${read}) AND own.rows_read > 0
           AND own.cells_destroyed_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM kept_cells WHERE import_id = own.id)`,
      );
      for (const { id } of rows)
        yield { words: `가져오기 ${id}번에 보관한 몰의 열이 없습니다.`, href: at(id) };
    },
  },
];

const opened = 5;

/** The newest originals are unsealed and compared with what was uploaded: with another secret none of them opens. */
async function* openNewest(snap: Parameters<Invariant['find']>[0]): AsyncGenerator<Finding> {
  const newest: { id: number; file_sha256: string }[] = await snap
    .db('imports')
    .whereNull('file_destroyed_at')
    .whereNull('follows_import_id')
    .where('file_size', '>', 0)
    .orderBy('id', 'desc')
    .limit(opened)
    .select('id', 'file_sha256');
  for (const { id, file_sha256 } of newest) {
    const hash = createHash('sha256');
    try {
      for await (const part of keptParts(snap, id)) hash.update(part);
    } catch {
      yield { words: `가져오기 ${id}번의 원본 파일이 지금의 비밀 키로 열리지 않습니다.`, href: at(id) };
      continue;
    }
    if (hash.digest('hex') !== file_sha256)
      yield { words: `가져오기 ${id}번의 원본 파일이 올린 것과 다릅니다.`, href: at(id) };
  }
}
