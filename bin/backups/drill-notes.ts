import type { DrillResult } from '../restore-drill.ts';
import { type BackupServer, openServer } from './server.ts';

export interface DrillNote {
  end(result: DrillResult): Promise<void>;
  fail(error: unknown): Promise<void>;
}

/** Notes a drill in the database that people work with, for its health page; without one it is only printed. */
export async function noteDrill(
  url: string | undefined,
  host: string,
  startedAt: Date,
): Promise<DrillNote | undefined> {
  if (!url) return undefined;
  const write = async (work: (server: BackupServer) => Promise<unknown>) => {
    try {
      await using server = await openServer(url);
      return await work(server);
    } catch (error) {
      process.stderr.write(
        `복구 연습의 결과를 데이터베이스에 적지 못했습니다. (${(error as { code?: string }).code ?? (error as Error).message})\n`,
      );
      return undefined;
    }
  };
  const begun = (await write((server) =>
    server.query('INSERT INTO restore_drills (host, started_at) VALUES (?, ?)', [host, startedAt]),
  )) as { insertId: number } | undefined;
  if (!begun) return undefined;
  return {
    async end(result) {
      await write((server) =>
        server.query(
          `UPDATE restore_drills SET ended_at = ?, backup_name = ?, restored_until = ?, rpo_seconds = ?,
             rto_seconds = ?, order_count = ?, finding_count = ?, failure = ? WHERE id = ?`,
          [
            new Date(),
            `${result.series}/${result.backup}`,
            new Date(result.restoredUntil),
            result.rpoSeconds,
            result.rtoSeconds,
            result.orders,
            result.findings,
            result.findings + result.left > 0 ? '되살린 자료가 점검을 통과하지 못했습니다.' : null,
            begun.insertId,
          ],
        ),
      );
    },
    async fail(error) {
      const words = (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 500);
      await write((server) =>
        server.query('UPDATE restore_drills SET ended_at = ?, failure = ? WHERE id = ?', [
          new Date(),
          words,
          begun.insertId,
        ]),
      );
    },
  };
}
