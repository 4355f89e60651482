import type { Knex } from 'knex';

/** What goes wrong around this process at the moment. */
export type Trouble = 'slow database' | 'full disk';

export interface Troubles {
  now(): readonly Trouble[];
  /** Remembers what an error tells of the surroundings, for as long as it may still be so. */
  hear(error: unknown): void;
  close(): void;
}

/** Ten times what an answer takes on a busy day. */
const slowMs = 120;
const askEveryMs = 1500;
const answersKept = 5;
/** Whoever writes while a disk is full hears of it again; nobody does when nobody writes. */
const heardForMs = 30_000;

/** The disk of the database, of Redis or of this machine takes nothing any more. */
export function isDiskFull(error: unknown): boolean {
  const {
    code = '',
    message = '',
    cause,
  } = (error ?? {}) as {
    code?: string;
    message?: string;
    cause?: unknown;
  };
  if (['ER_DISK_FULL', 'ER_RECORD_FILE_FULL', 'ENOSPC', 'EDQUOT'].includes(code)) return true;
  if (/^MISCONF .*(No space left|disk)/i.test(message)) return true;
  return cause !== undefined && isDiskFull(cause);
}

/** Asks the database for nothing now and then, through the same pool as everybody, and times the answers. */
export function openTroubles(db: Knex): Troubles {
  const answers: number[] = [];
  let heardAt = Number.NEGATIVE_INFINITY;
  let isAsking = false;

  const ask = async () => {
    if (isAsking) return;
    isAsking = true;
    const began = performance.now();
    await db.raw('select 1').catch(() => {}); // a database that is away is told by whoever needs it
    answers.push(performance.now() - began);
    if (answers.length > answersKept) answers.shift();
    isAsking = false;
  };
  const timer = setInterval(() => void ask(), askEveryMs);
  timer.unref();

  return {
    now: () => [
      ...(median(answers) >= slowMs ? (['slow database'] as const) : []),
      ...(performance.now() - heardAt < heardForMs ? (['full disk'] as const) : []),
    ],
    hear(error) {
      if (isDiskFull(error)) heardAt = performance.now();
    },
    close: () => clearInterval(timer),
  };
}

/** Of few answers one slow one says nothing. */
function median(times: readonly number[]): number {
  if (times.length < 3) return 0;
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
}
