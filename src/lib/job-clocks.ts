import type { Queue } from 'bullmq';

const lookEveryMs = 10_000;
const jumpFromMs = 2000;
/** What comes round each minute or oftener is due within one; further off its clock was set by a wrong one. */
const tooFarMs = 2 * 60_000;

/** True when what comes round often is due too far from now: a worker whose clock was ahead has set it. */
export function isTooFar(
  { pattern = '', next = 0 }: { pattern?: string; next?: number },
  now: number,
): boolean {
  const minutes = pattern.trim().split(/\s+/).at(-5);
  return minutes === '*' && next - now > tooFarMs;
}

/**
 * The queue keeps the moments at which jobs come round by the clock of whichever worker ran them last. When that clock
 * was wrong, or jumps back, they would not come for as long: then `set` sets them by the clock of now.
 */
export function watchJobClocks(queue: Queue, set: () => void): { close(): Promise<void> } {
  const drift = () => Date.now() - performance.now();
  let known = drift();
  const look = async () => {
    const now = drift();
    const hasJumped = Math.abs(now - known) >= jumpFromMs;
    known = now;
    const schedulers = hasJumped ? [] : await queue.getJobSchedulers();
    if (hasJumped || schedulers.some((scheduler) => isTooFar(scheduler, Date.now()))) set();
  };
  const timer = setInterval(() => void look().catch(() => {}), lookEveryMs); // Redis away: the next look
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await queue.close();
    },
  };
}
