import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  handleWhen,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';

/** Somebody else's server that a part of the work needs. */
export interface Outside {
  /** Names it in metrics and logs. */
  name: string;
  /** What people call it. */
  title: string;
  /** True since it failed again and again, until it answers. */
  isDown(): boolean;
  /** True while it is not asked for being down. From then on the next who wants something of it finds out. */
  isResting(): boolean;
  /** How often it answered, failed, and was not even asked. */
  counts: Readonly<Record<OutsideOutcome, number>>;
  /** `fetch` with a time limit. What only asks is tried again with pauses; what does something is tried once. */
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

export type OutsideOutcome = 'answered' | 'failed' | 'not asked';

/** The server answered, and says that it cannot. */
export class OutsideFailure extends Error {
  override name = 'OutsideFailure';
  constructor(title: string, status: number) {
    super(`${title} answered ${status}`);
  }
}

export interface OutsideLimits {
  /** For one answer. */
  timeoutMs?: number;
  /** After how many failures in a row nobody asks any more. */
  opensAfter?: number;
  /** How long nobody asks. */
  restMs?: number;
  /** How often a question is asked again. */
  retries?: number;
}

const known = new Map<string, Outside>();

/** All that this process has dealt with. */
export function outsides(): Outside[] {
  return [...known.values()];
}

/** The one of this name; made when it is first asked for. */
export function outside(name: string, title: string, limits?: OutsideLimits): Outside {
  const found = known.get(name) ?? openOutside(name, title, limits);
  known.set(name, found);
  return found;
}

/**
 * Each attempt has its own time; each that fails counts for the breaker; the pauses between them grow and are not the
 * same for all, so that many who wait do not come back at once. An answer with a status below 500 is an answer.
 */
export function openOutside(
  name: string,
  title: string,
  { timeoutMs = 2500, opensAfter = 5, restMs = 15_000, retries = 2 }: OutsideLimits = {},
): Outside {
  const counts: Record<OutsideOutcome, number> = { answered: 0, failed: 0, 'not asked': 0 };
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: restMs,
    breaker: new ConsecutiveBreaker(opensAfter),
  });
  let restsUntil = 0;
  breaker.onBreak(() => {
    restsUntil = Date.now() + restMs;
  });
  const inTime = timeout(timeoutMs, TimeoutStrategy.Aggressive);
  const again = retry(
    handleWhen((error) => !(error instanceof BrokenCircuitError)),
    { maxAttempts: retries, backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 1000 }) },
  );
  const once = wrap(breaker, inTime);
  const often = wrap(again, breaker, inTime);

  return {
    name,
    title,
    counts,
    isDown: () => breaker.state !== CircuitState.Closed,
    isResting: () => breaker.state === CircuitState.Open && Date.now() < restsUntil,
    async fetch(url, init = {}) {
      const policy = (init.method ?? 'GET') === 'GET' ? often : once;
      try {
        return await policy.execute(async ({ signal }) => {
          const signals = init.signal ? [signal, init.signal] : [signal];
          try {
            const response = await fetch(url, { ...init, signal: AbortSignal.any(signals) });
            if (response.status >= 500) throw new OutsideFailure(title, response.status);
            const whole = await readWhole(response); // while its time runs
            counts.answered++;
            return whole;
          } catch (error) {
            counts.failed++;
            throw error;
          }
        });
      } catch (error) {
        if (error instanceof BrokenCircuitError) counts['not asked']++;
        throw error instanceof TaskCancelledError ? new Error(`${title} did not answer in time`) : error;
      }
    },
  };
}

async function readWhole(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  const body = await response.arrayBuffer();
  return new Response(body.byteLength > 0 ? body : null, { status, statusText, headers });
}
