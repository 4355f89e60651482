import pino, { type Logger } from 'pino';

/** Structured log lines on stderr; personal data never goes in here. */
export function createLog(level: string, name: string): Logger {
  return pino({ level, name, base: { pid: process.pid } }, pino.destination({ dest: 2, sync: false }));
}
