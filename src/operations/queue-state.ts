import type { Job, Queue } from 'bullmq';
import type { JobData } from '#lib/module.ts';

export const jobStates = ['failed', 'active', 'waiting', 'delayed', 'completed'] as const;
export type JobState = (typeof jobStates)[number];

export interface QueueState {
  counts: Record<JobState, number>;
  /** How long the one that has waited longest waits. */
  oldestWaitMs: number;
  /** How long the one that has run longest runs. */
  longestRunMs: number;
  failedSince: (at: number) => number;
}

/** What waits behind another counts as waiting, whatever the queue calls it. */
export async function readQueue(queue: Queue<JobData>, now: number): Promise<QueueState> {
  const [counts, [oldest], active, failed] = await Promise.all([
    queue.getJobCounts('failed', 'active', 'waiting', 'prioritized', 'delayed', 'completed'),
    queue.getJobs(['waiting', 'prioritized'], 0, 0, true),
    queue.getJobs(['active'], 0, 50, true),
    queue.getJobs(['failed'], 0, 500, false),
  ]);
  const since = (at: number | undefined) => (at ? Math.max(now - at, 0) : 0);
  return {
    counts: {
      failed: counts.failed ?? 0,
      active: counts.active ?? 0,
      waiting: (counts.waiting ?? 0) + (counts.prioritized ?? 0),
      delayed: counts.delayed ?? 0,
      completed: counts.completed ?? 0,
    },
    oldestWaitMs: since(oldest && dueAt(oldest as Job<JobData>)),
    longestRunMs: Math.max(0, ...active.map((job) => since(job?.processedOn))),
    failedSince: (at) => failed.filter((job) => (job?.finishedOn ?? 0) >= at).length,
  };
}

/** A job that had to wait for its time is late only from then. */
function dueAt({ timestamp, delay }: Job<JobData>): number {
  return timestamp + (delay ?? 0);
}
