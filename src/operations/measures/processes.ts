import type { Registry } from 'prom-client';
import type { Facts } from '../problems.rules.ts';
import { gauge } from './gauges.ts';

export function measureProcesses(
  registry: Registry,
): (facts: Pick<Facts, 'processes' | 'disks' | 'wants'>) => void {
  const processes = gauge(registry, 'moa_processes', 'Our processes by kind and state.', ['kind', 'state']);
  const clock = gauge(
    registry,
    'moa_clock_ahead_seconds',
    'How far the clock of a host is ahead of that of Redis.',
    ['host'],
  );
  const free = gauge(registry, 'moa_disk_free_bytes', 'Free room of the disks that are watched.', [
    'host',
    'path',
  ]);
  const size = gauge(registry, 'moa_disk_size_bytes', 'Size of the disks that are watched.', [
    'host',
    'path',
  ]);
  const replicas = gauge(registry, 'moa_redis_replicas_wanted', 'Replicas of Redis that should be there.');
  return ({ processes: all, disks, wants }) => {
    for (const one of [processes, clock, free, size]) one.reset();
    replicas.set(wants.replicas);
    if (!all) return; // not known is not none
    for (const kind of ['web', 'worker'] as const) {
      for (const state of ['alive', 'standby', 'silent'] as const)
        processes.set({ kind, state }, all.filter((one) => one.kind === kind && one.state === state).length);
    }
    for (const { host, clockAheadMs, state } of all)
      if (state === 'alive') clock.set({ host }, clockAheadMs / 1000);
    for (const disk of disks) {
      const at = { host: disk.host, path: disk.path };
      free.set(at, disk.free);
      size.set(at, disk.size);
    }
  };
}
