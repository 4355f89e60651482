import pino, { type Logger } from 'pino';
import { safeError } from '#lib/safe-errors.ts';

/** What waits to be written while the disk of the log is full; more than that is dropped. */
const mostWaiting = 1024 * 1024;

/** Structured log lines on stderr; personal data never goes in here. */
export function createLog(level: string, name: string): Logger {
  const serializers = { err: safeError };
  const destination = pino.destination({ dest: 2, sync: false, maxLength: mostWaiting });
  destination.on('error', () => {}); // a log that cannot be written must not end what it tells of
  return pino({ level, name, base: { pid: process.pid }, serializers }, destination);
}
