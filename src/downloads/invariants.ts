import type { Invariant } from '#lib/invariants.ts';
import { keysStand, rowsOf } from '#lib/invariants.ts';

export const invariants: readonly Invariant[] = [
  keysStand('downloads.keys', '다운로드', { download_files: ['download_id,part'] }),
  {
    name: 'downloads.files',
    sentence: '받을 수 있는 다운로드에는 파일이 빠짐없이 있고, 다른 다운로드에는 없습니다.',
    async *find(snap) {
      const rows = await rowsOf<{ id: number }>(
        snap,
        `SELECT COALESCE(own.id, kept.download_id) AS id FROM downloads own LEFT JOIN (
           SELECT download_id, COUNT(*) AS n, MAX(part) AS last, SUM(LENGTH(sealed)) AS bytes
           FROM download_files GROUP BY download_id
         ) kept ON kept.download_id = own.id
         WHERE (own.state = 'ready' AND (kept.n IS NULL OR kept.last <> kept.n - 1 OR kept.bytes < own.file_size))
           OR (own.state IN ('expired', 'cancelled', 'failed') AND kept.n > 0)
         UNION SELECT kept.download_id FROM download_files kept
           LEFT JOIN downloads own ON own.id = kept.download_id WHERE own.id IS NULL`,
      );
      for (const { id } of rows)
        yield { words: `다운로드 ${id}번의 파일이 모자라거나 남아 있습니다.`, href: '/downloads' };
    },
  },
];
