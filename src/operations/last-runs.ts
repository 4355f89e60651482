import type { Ctx } from '#lib/ctx.ts';

/** What has come last of back-ups, of restores that were tried, and of checks of the data; undefined before the first. */
export interface LastRuns {
  /** Ended well. */
  fullBackup: { at: Date; bytes: number; name: string; host: string } | undefined;
  logBackup: { at: Date; coveredUntil: Date | null } | undefined;
  /** Newer than the last that ended well. */
  failedBackup: { at: Date; kind: 'full' | 'log'; failure: string } | undefined;
  drill: LastDrill | undefined;
  check: { id: number; at: Date; findings: number; left: number; rules: number } | undefined;
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
  const backup = (kind: 'full' | 'log') =>
    ctx
      .db('backup_runs')
      .where({ kind })
      .whereNotNull('ended_at')
      .whereNull('failure')
      .orderBy('ended_at', 'desc')
      .first('ended_at', 'covered_until', 'bytes', 'file_name', 'host');
  const failedOf = (kind: 'full' | 'log', since: Date | undefined) =>
    ctx
      .db('backup_runs')
      .where({ kind })
      .whereNotNull('failure')
      .where('ended_at', '>', since ?? new Date(0))
      .orderBy('ended_at', 'desc')
      .first('ended_at', 'failure', 'kind');
  const [full, log, drill, check] = await Promise.all([
    backup('full'),
    backup('log'),
    ctx.db('restore_drills').whereNotNull('ended_at').orderBy('ended_at', 'desc').first(),
    ctx.db('check_runs').whereNotNull('ended_at').orderBy('ended_at', 'desc').first(),
  ]);
  const failed = (await failedOf('full', full?.ended_at)) ?? (await failedOf('log', log?.ended_at));
  return {
    fullBackup: full && {
      at: full.ended_at,
      bytes: Number(full.bytes),
      name: full.file_name,
      host: full.host,
    },
    logBackup: log && { at: log.ended_at, coveredUntil: log.covered_until },
    failedBackup: failed && { at: failed.ended_at, kind: failed.kind, failure: failed.failure },
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
