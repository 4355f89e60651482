import pino, { type Logger } from 'pino';
import { safeError } from '#lib/safe-errors.ts';

/** Structured log lines on stderr; personal data never goes in here. */
export function createLog(level: string, name: string): Logger {
  const serializers = { err: safeError };
  return pino(
    { level, name, base: { pid: process.pid }, serializers },
    pino.destination({ dest: 2, sync: false }),
  );
}
