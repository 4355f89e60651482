import type { Knex } from 'knex';
import type { Ctx } from '#lib/ctx.ts';

/** What has come last of back-ups, of restores that were tried, and of checks of the data; undefined before the first. */
export interface LastRuns {
  /** Ended well. */
  fullBackup: { at: Date; bytes: number; name: string; host: string } | undefined;
  logBackup: { at: Date; coveredUntil: Date | null } | undefined;
  /** Newer than the last of its host that ended well: one host's success must not hide another's failure. */
  failedBackup: { at: Date; kind: BackupKind; host: string; failure: string } | undefined;
  /** When each host that has backed up within a week last did so well. */
  hosts: readonly HostBackup[];
  drill: LastDrill | undefined;
  check: { id: number; at: Date; findings: number; left: number; rules: number } | undefined;
}

export type BackupKind = 'full' | 'log';

export interface HostBackup {
  host: string;
  kind: BackupKind;
  at: Date;
}

export interface LastDrill {
  at: Date;
  rpoSeconds: number | null;
  rtoSeconds: number | null;
  orders: number | null;
  findings: number | null;
  failure: string | null;
}

export async function readLastRuns(ctx: Pick<Ctx, 'db'>): Promise<LastRuns> {
  const backup = (kind: BackupKind) =>
    ctx
      .db('backup_runs')
      .where({ kind })
      .whereNotNull('ended_at')
      .whereNull('failure')
      .orderBy('ended_at', 'desc')
      .first('ended_at', 'covered_until', 'bytes', 'file_name', 'host');
  const lately = (runs: Knex.QueryBuilder) => runs.whereRaw('ended_at > NOW() - INTERVAL 7 DAY');
  const failuresOf = (kind: BackupKind): Promise<FailedBackup[]> =>
    lately(ctx.db('backup_runs').where({ kind }).whereNotNull('failure'))
      .orderBy('ended_at', 'desc')
      .limit(100)
      .select('ended_at as at', 'failure', 'kind', 'host');
  const [hosts, failures, full, log, drill, check] = await Promise.all([
    lately(ctx.db('backup_runs').whereNull('failure'))
      .groupBy('kind', 'host')
      .orderBy(['host', 'kind'])
      .select('kind', 'host')
      .max({ at: 'ended_at' }) as Promise<HostBackup[]>,
    Promise.all([failuresOf('full'), failuresOf('log')]),
    backup('full'),
    backup('log'),
    ctx.db('restore_drills').whereNotNull('ended_at').orderBy('ended_at', 'desc').first(),
    ctx.db('check_runs').whereNotNull('ended_at').orderBy('ended_at', 'desc').first(),
  ]);
  return {
    fullBackup: full && {
      at: full.ended_at,
      bytes: Number(full.bytes),
      name: full.file_name,
      host: full.host,
    },
    logBackup: log && { at: log.ended_at, coveredUntil: log.covered_until },
    failedBackup: failures.flat().find((failed) => isNewest(failed, hosts)),
    hosts,
    drill: drill && {
      at: drill.ended_at,
      rpoSeconds: drill.rpo_seconds,
      rtoSeconds: drill.rto_seconds,
      orders: drill.order_count,
      findings: drill.finding_count,
      failure: drill.failure,
    },
    check: check && {
      id: check.id,
      at: check.ended_at,
      findings: check.finding_count,
      left: check.left_count,
      rules: check.rule_count,
    },
  };
}

type FailedBackup = NonNullable<LastRuns['failedBackup']>;

function isNewest(failed: FailedBackup, hosts: readonly HostBackup[]): boolean {
  const well = hosts.find(({ host, kind }) => host === failed.host && kind === failed.kind);
  return !well || failed.at > well.at;
}
