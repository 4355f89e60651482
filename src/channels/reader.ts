import { once } from 'node:events';
import { noAttempts } from '#lib/attempts.ts';
import { parentsClock } from '#lib/clock.ts';
import { readConfig } from '#lib/config.ts';
import { type Ctx, systemActor } from '#lib/ctx.ts';
import { openDb } from '#lib/db.ts';
import { createLog } from '#lib/log.ts';
import { unhurried } from '#lib/pace.ts';
import { createVault } from '#lib/secrets.ts';
import type { ReaderMessage, ReadingOutcome, ReadingTask } from './reading.ts';
import { readKeptFile } from './reading-kept-file.ts';

/**
 * The process that reads one file, which it is told by a message. Its memory is capped by whoever starts it, and it
 * ends with it.
 */
const rssLimit = 480 * 1024 * 1024;

process.on('disconnect', () => process.exit(1));
const say = (message: ReaderMessage) => new Promise<void>((done) => process.send!(message, () => done()));

const memory = setInterval(() => {
  if (process.memoryUsage.rss() < rssLimit) return;
  void say({
    kind: 'refused',
    reason: '파일이 너무 커서 읽지 못했습니다. 기간을 나누어 내려받아 주세요.',
  }).then(() => process.exit(1));
}, 50);
memory.unref();

const [{ importId, token }] = (await once(process, 'message')) as [ReadingTask];
await say(await readFile(importId, token));
process.exit(0);

async function readFile(importId: number, token: string): Promise<ReadingOutcome> {
  const config = readConfig(process.env);
  const db = openDb(config.databaseUrl, { max: 2 });
  const ctx: Ctx = {
    db,
    actor: systemActor,
    now: parentsClock(process.env),
    log: createLog(config.logLevel, 'reader'),
    vault: createVault(config.secret, config.oldSecrets),
    config,
    jobs: { add: () => Promise.reject(new Error('the reader hands out no jobs')) },
    attempts: noAttempts,
    pace: unhurried,
  };
  try {
    return await readKeptFile(
      ctx,
      importId,
      token,
      (done, total) => void say({ kind: 'progress', done, total }),
    );
  } finally {
    await db.destroy();
  }
}
