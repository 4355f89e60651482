/** What of an error goes into the log. */
export interface LoggedError {
  type: string;
  message: string;
  stack?: string;
  code?: string;
  errno?: number;
  sqlState?: string;
  status?: number;
  cause?: LoggedError;
  errors?: LoggedError[];
}

/** Errors of the language name pieces of our own code between their quotes. */
const ofTheLanguage = new Set([
  'TypeError',
  'ReferenceError',
  'RangeError',
  'AssertionError',
  'ERR_ASSERTION',
]);

/**
 * An error as the log may have it. Servers put values into their messages (`Duplicate entry '01012345678'`), libraries
 * hang whole commands and bodies on their errors: only the fields named here are taken, and what stands in quotes is
 * left out unless it names a column, a key or a table.
 */
export function safeError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: withoutValues(String(error)) };
  const { code, errno, sqlState, status, cause, errors } = error as Error & Record<string, unknown>;
  const type = error.constructor.name === 'Error' ? error.name : error.constructor.name;
  const clean = ofTheLanguage.has(error.name) ? (text: string) => text : withoutValues;
  const deeper = depth < 3;
  return {
    type,
    message: clean(error.message),
    ...(error.stack ? { stack: stackOf(error, clean) } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof errno === 'number' ? { errno } : {}),
    ...(typeof sqlState === 'string' ? { sqlState } : {}),
    ...(typeof status === 'number' ? { status } : {}),
    ...(cause !== undefined && deeper ? { cause: safeError(cause, depth + 1) } : {}),
    ...(Array.isArray(errors) && deeper
      ? { errors: errors.slice(0, 5).map((one) => safeError(one, depth + 1)) }
      : {}),
  };
}

/** A stack begins with the message, as long as that may be. */
function stackOf({ stack = '', name, message }: Error, clean: (text: string) => string): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return [`${name}: ${clean(message)}`, ...frames].join('\n');
}

const quoted =
  /(\b(?:key|column|table|constraint|index|field|function)\s+)?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|‘[^’]*’)/gi;

/** What stands in quotes is somebody's, unless it is said to be ours; so is any long row of digits. */
export function withoutValues(message: string): string {
  return message
    .replace(quoted, (all, ours: string | undefined, text: string) =>
      ours ? all : `${text[0]}…${text.at(-1)}`,
    )
    .replace(/\d{7,}/g, '…');
}
