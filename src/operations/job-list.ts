import type { Job, Queue } from 'bullmq';
import type { JobData, JobDefinition } from '#lib/module.ts';
import { withoutValues } from '#lib/safe-errors.ts';
import type { JobState } from './queue-state.ts';

/** A job as its page shows it. */
export interface ListedJob {
  id: string;
  name: string;
  title: string;
  /** The page of what it is about. */
  subject: { href: string; label: string } | undefined;
  scheduled: boolean;
  attempts: number;
  mostAttempts: number;
  addedAt: Date;
  dueAt: Date;
  beganAt: Date | undefined;
  endedAt: Date | undefined;
  progress: { done: number; total: number; stage: string } | undefined;
  reason: string;
  /** Where in our code it failed, for whoever has to mend it. */
  trace: string;
}

const most = 1000;

/** The newest first, but those that wait in the order in which they will run. */
export async function listJobs(
  queue: Queue<JobData>,
  state: JobState,
  definitions: readonly JobDefinition[],
): Promise<ListedJob[]> {
  const inTurn = state === 'waiting' || state === 'delayed';
  const found = (await queue.getJobs(
    state === 'waiting' ? ['waiting', 'prioritized'] : [state],
    0,
    most,
    inTurn,
  )) as (Job<JobData> | undefined)[];
  const titles = new Map(definitions.map(({ name, title }) => [name, title ?? name]));
  return found
    .filter((job) => job !== undefined)
    .filter((job) => state !== 'delayed' || !isNextOfSchedule(job))
    .map((job) => show(job, titles.get(job.name) ?? job.name));
}

/** The next run of each job that comes round lies among the delayed: it stands in the schedule. */
export function isNextOfSchedule({ repeatJobKey, attemptsMade }: Job): boolean {
  return repeatJobKey !== undefined && attemptsMade === 0;
}

function show(job: Job<JobData>, title: string): ListedJob {
  const at = (ms: number | undefined) => (ms ? new Date(ms) : undefined);
  const progress = typeof job.progress === 'object' ? (job.progress as ListedJob['progress']) : undefined;
  return {
    id: String(job.id),
    name: job.name,
    title,
    subject: subjectOf(job.data),
    scheduled: job.repeatJobKey !== undefined,
    attempts: job.attemptsMade,
    mostAttempts: job.opts.attempts ?? 1,
    addedAt: new Date(job.timestamp),
    dueAt: new Date(job.timestamp + (job.delay ?? 0)),
    beganAt: at(job.processedOn),
    endedAt: at(job.finishedOn),
    progress: progress?.total ? progress : undefined,
    reason: reasonOf(job.failedReason ?? ''),
    trace: isOurs(job.failedReason ?? '') ? '' : traceOf(job.stacktrace?.at(-1) ?? ''),
  };
}

/** The lines of our own code. */
function traceOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at .*\/src\//.test(line))
    .map((line) =>
      line
        .trim()
        .replace(/\(?\S*\/src\//, 'src/')
        .replace(/\)$/, ''),
    )
    .join('\n');
}

/** A refusal is a sentence of ours. What else went wrong may hold values of people. */
function reasonOf(text: string): string {
  return isOurs(text) ? text : withoutValues(text);
}

const isOurs = (text: string) => /^[가-힣‘]/.test(text);

function subjectOf({ importId, downloadId }: JobData): ListedJob['subject'] {
  if (importId) return { href: `/imports/${Number(importId)}`, label: `가져오기 ${importId}` };
  if (downloadId) return { href: '/downloads', label: `다운로드 ${downloadId}` };
  return undefined;
}
