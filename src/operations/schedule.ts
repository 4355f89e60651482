import type { Queue } from 'bullmq';
import type { JobData, JobDefinition } from '#lib/module.ts';
import type { LastRun } from './job-runs.ts';
import { cronWords } from './schedule.rules.ts';

/** A job that comes round. */
export interface ScheduledJob {
  name: string;
  title: string;
  words: string;
  next: Date | undefined;
  last: LastRun | undefined;
}

/** Those with the longest way round first. */
export async function listSchedule(
  queue: Queue<JobData>,
  definitions: readonly JobDefinition[],
  runs: ReadonlyMap<string, LastRun>,
): Promise<ScheduledJob[]> {
  const clocks = new Map((await queue.getJobSchedulers()).map((clock) => [clock.key, clock]));
  return definitions
    .filter((job) => job.repeat !== undefined)
    .map((job) => {
      const next = clocks.get(job.name)?.next;
      return {
        name: job.name,
        title: job.title ?? job.name,
        words: cronWords(job.repeat!),
        next: next ? new Date(next) : undefined,
        last: runs.get(job.name),
      };
    })
    .sort((a, b) => a.title.localeCompare(b.title, 'ko'));
}
