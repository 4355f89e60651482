import * as mariadb from 'mariadb';
import { readDatabaseUrl } from '#lib/db.ts';
import { Failure } from '../failure.ts';

/** The database as whoever backs it up sees it. */
export interface BackupServer extends AsyncDisposable {
  options: Record<string, string | number>;
  query<Row = Record<string, unknown>>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Notes that a back-up has begun; what the health page and the alarms go by. */
  begin(kind: 'full' | 'log', host: string): Promise<RunNote>;
}

export interface RunNote {
  end(of: { file: string; bytes: number; coveredUntil: Date | undefined }): Promise<void>;
  fail(error: unknown): Promise<void>;
}

export async function openServer(url: string | undefined): Promise<BackupServer> {
  if (!url)
    throw new Failure(
      'BACKUP_DATABASE_URL 설정이 없습니다. 예: mysql://mysql@localhost/moa?socketPath=/run/mysqld/mysqld.sock',
    );
  const options = readDatabaseUrl(url);
  const connection = await mariadb
    .createConnection({ ...options, timezone: '+09:00', bigIntAsNumber: true, insertIdAsNumber: true })
    .catch((error: Error & { code?: string }) => {
      throw new Failure(`백업할 데이터베이스에 연결하지 못했습니다. (${error.code ?? error.name})`);
    });
  const query = (sql: string, values: readonly unknown[] = []) => connection.query(sql, [...values]);
  return {
    options,
    query,
    begin: (kind, host) => beginRun(query, kind, host),
    [Symbol.asyncDispose]: () => connection.end(),
  };
}

/** A database that cannot take the note is backed up all the same. */
async function beginRun(
  query: (sql: string, values: readonly unknown[]) => Promise<unknown>,
  kind: 'full' | 'log',
  host: string,
): Promise<RunNote> {
  const note = async (sql: string, values: readonly unknown[]) => {
    try {
      return (await query(sql, values)) as { insertId: number };
    } catch (error) {
      process.stderr.write(
        `백업 결과를 데이터베이스에 적지 못했습니다. (${(error as { code?: string }).code ?? (error as Error).name})\n`,
      );
      return undefined;
    }
  };
  const begun = await note('INSERT INTO backup_runs (kind, host, started_at) VALUES (?, ?, ?)', [
    kind,
    host,
    new Date(),
  ]);
  return {
    async end({ file, bytes, coveredUntil }) {
      if (!begun) return;
      await note(
        'UPDATE backup_runs SET ended_at = ?, file_name = ?, bytes = ?, covered_until = ? WHERE id = ?',
        [new Date(), file, bytes, coveredUntil ?? null, begun.insertId],
      );
      await note('DELETE FROM backup_runs WHERE started_at < NOW() - INTERVAL 60 DAY', []);
    },
    async fail(error) {
      if (!begun) return;
      const words = (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 500);
      await note('UPDATE backup_runs SET ended_at = ?, failure = ? WHERE id = ?', [
        new Date(),
        words,
        begun.insertId,
      ]);
    },
  };
}
