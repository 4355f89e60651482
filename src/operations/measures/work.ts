import type { Registry } from 'prom-client';
import { jobStates, type QueueState } from '../queue-state.ts';
import { gauge } from './gauges.ts';

export function measureQueue(registry: Registry): (state: QueueState | undefined) => void {
  const jobs = gauge(registry, 'moa_jobs', 'Jobs by their state; those that ended are kept for a while.', [
    'state',
  ]);
  const oldest = gauge(
    registry,
    'moa_job_oldest_waiting_seconds',
    'How long the job waits that waits longest.',
  );
  const longest = gauge(
    registry,
    'moa_job_longest_running_seconds',
    'How long the job runs that runs longest.',
  );
  return (state) => {
    jobs.reset();
    for (const one of [oldest, longest]) one.remove();
    if (!state) return;
    for (const name of jobStates) jobs.set({ state: name }, state.counts[name]);
    oldest.set(state.oldestWaitMs / 1000);
    longest.set(state.longestRunMs / 1000);
  };
}
