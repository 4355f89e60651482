import { SettingError } from '#lib/errors.ts';

/** The work cannot go on; the message is Korean and says what to do. */
export class Failure extends Error {
  override name = 'Failure';
}

/** Progress and messages go to stderr: stdout belongs to the result. */
export function say(message: string): void {
  process.stderr.write(`${message}\n`);
}

/** Runs a command of `bin/` and gives its exit code; what a person can put right is said without a stack. */
export async function exitCodeOf(command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    if (error instanceof Stopped) return error.exitCode;
    if (error instanceof Failure || error instanceof SettingError) say(error.message);
    else say(String((error as Error)?.stack ?? error));
    return 1;
  }
}

/** A person or the system asked for the end. */
export class Stopped extends Error {
  override name = 'Stopped';
  readonly exitCode: number;

  constructor(signal: keyof typeof signalNumbers) {
    super(signal);
    this.exitCode = 128 + signalNumbers[signal];
  }
}

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGPIPE: 13, SIGTERM: 15 } as const;

/**
 * Aborts with `Stopped` at Ctrl-C, SIGTERM, when the terminal closes, or when nobody reads the output any more.
 * From then on the caller ends the process.
 */
export function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => stopping.abort(new Stopped(signal)));
  }
  process.stdout.on('error', () => stopping.abort(new Stopped('SIGPIPE')));
  process.stderr.on('error', () => {}); // a closed terminal; what has to be ended must still be ended
  return stopping.signal;
}

/** Waits for `work`, but no longer than until `stop`. */
export async function orStop<T>(work: Promise<T>, stop: AbortSignal): Promise<T> {
  stop.throwIfAborted();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const abandon = () => reject(stop.reason);
  stop.addEventListener('abort', abandon, { once: true });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    stop.removeEventListener('abort', abandon);
  }
}
