import { DelayedError, type Job, UnrecoverableError } from 'bullmq';

/** Whose turn it is to run the jobs, where two releases stand side by side. */
export interface JobTurns {
  /** Runs the job, or puts it back for another worker, which BullMQ is told by a throw. */
  take(job: Job, token: string | undefined, work: (() => Promise<void>) | undefined): Promise<void>;
  begin(): void;
  /** From now on what comes in is put back; ends when the last job that had begun is done. */
  lay(): Promise<void>;
}

/** For so long the release that knows a job may stand aside: `bin/release` keeps a slot for 48 hours. */
const knownWithinMs = 72 * 3600 * 1000;
const unknownAgainMs = 5_000;

/**
 * A worker that has just stood aside may still be handed one job, and one of an older release jobs that only the newer
 * knows: neither is lost, and no attempt is counted.
 */
export function createJobTurns(ours: boolean): JobTurns {
  let running = 0;
  let idle = Promise.withResolvers<void>();

  return {
    async take(job, token, work) {
      const isStrange = !work && Date.now() - job.timestamp < knownWithinMs;
      if (!ours || isStrange) {
        await job.moveToDelayed(Date.now() + (isStrange ? unknownAgainMs : 1), token);
        throw new DelayedError();
      }
      if (!work) throw new UnrecoverableError(`no module knows the job ${job.name}`);
      running++;
      try {
        await work();
      } finally {
        running--;
        if (running === 0) idle.resolve();
      }
    },
    begin() {
      ours = true;
    },
    async lay() {
      ours = false;
      if (running === 0) return;
      idle = Promise.withResolvers();
      await idle.promise;
    },
  };
}
