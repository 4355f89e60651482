import type { Registry } from 'prom-client';
import type { BackupKind, LastRuns } from '../last-runs.ts';
import type { Facts } from '../problems.rules.ts';
import { gauge } from './gauges.ts';

export function measureRuns(
  registry: Registry,
): (runs: LastRuns | undefined, wants: Pick<Facts['wants'], 'backups'>) => void {
  const last = gauge(
    registry,
    'moa_last_success_timestamp_seconds',
    'When a back-up, a restore drill or a check of the data last ended well.',
    ['what'],
  );
  const failed = gauge(registry, 'moa_last_run_failed', '1 when the newest run failed.', ['what']);
  const findings = gauge(registry, 'moa_check_findings', 'What the last check of the data found.');
  const rpo = gauge(
    registry,
    'moa_restore_drill_rpo_seconds',
    'What the last restore drill would have lost.',
  );
  const rto = gauge(registry, 'moa_restore_drill_rto_seconds', 'How long the last restore drill took.');
  return (runs, wants) => {
    for (const one of [last, failed]) one.reset();
    for (const one of [findings, rpo, rto]) one.remove();
    if (!runs) return;
    const { failedBackup, drill, check } = runs;
    const seconds = (at: Date) => at.getTime() / 1000;
    // what has never been is as late as can be; a series that is not there alarms nobody
    if (wants.backups)
      for (const what of ['full_backup', 'log_backup', 'restore_drill']) last.set({ what }, 0);
    for (const kind of ['full', 'log'] as const) {
      const at = latestOfAll(runs, kind);
      if (at) last.set({ what: `${kind}_backup` }, seconds(at));
    }
    failed.set({ what: 'backup' }, failedBackup ? 1 : 0);
    failed.set({ what: 'restore_drill' }, drill?.failure ? 1 : 0);
    if (drill && !drill.failure) last.set({ what: 'restore_drill' }, seconds(drill.at));
    if (drill?.rpoSeconds != null) rpo.set(drill.rpoSeconds);
    if (drill?.rtoSeconds != null) rto.set(drill.rtoSeconds);
    if (!check) return;
    last.set({ what: 'check' }, seconds(check.at));
    findings.set(check.findings);
  };
}

/** Of the host that is furthest behind: each is to have a series of its own. */
function latestOfAll({ hosts, fullBackup, logBackup }: LastRuns, kind: BackupKind): Date | undefined {
  const each = hosts.filter((host) => host.kind === kind).map(({ at }) => at.getTime());
  if (each.length > 0) return new Date(Math.min(...each));
  return (kind === 'full' ? fullBackup : logBackup)?.at;
}
