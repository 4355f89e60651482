import { setPriority } from 'node:os';
import { actorOf, findUser } from '#accounts';
import { type DownloadRow, fillDownload, type MakerMessage, MakingStopped, makerPriority } from '#downloads';
import { noAttempts } from '#lib/attempts.ts';
import { parentsClock } from '#lib/clock.ts';
import { readConfig } from '#lib/config.ts';
import type { Actor, Ctx } from '#lib/ctx.ts';
import { systemActor } from '#lib/ctx.ts';
import { openDb } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { createLog } from '#lib/log.ts';
import { createPace } from '#lib/pace.ts';
import { openRedis } from '#lib/redis.ts';
import { createVault } from '#lib/secrets.ts';
import { modules } from './modules.ts';

/**
 * The process that makes the file of one download: `download-maker.ts ID TOKEN`. Whoever starts it caps its heap, and
 * it ends with them. Pages come first: it works with low priority.
 */
const rssLimit = 480 * 1024 * 1024;
const tooLarge = '파일이 너무 커서 만들지 못했습니다. 기간을 나누어 받아 주세요.';

setPriority(makerPriority);
process.on('disconnect', () => process.exit(1));
const say = (message: MakerMessage) => new Promise<void>((done) => process.send!(message, () => done()));

setInterval(() => {
  if (process.memoryUsage.rss() < rssLimit) return;
  void say({ kind: 'refused', reason: tooLarge }).then(() => process.exit(1));
}, 50).unref();

await say(await make(Number(process.argv[2]), process.argv[3]!));
process.exit(0);

async function make(id: number, token: string): Promise<MakerMessage> {
  const config = readConfig(process.env);
  const redis = openRedis(config.redisUrl);
  redis.on('error', () => {}); // then it does not rest
  const ctx: Ctx = {
    db: openDb(config.databaseUrl, { max: 2 }), // one reads on its snapshot, the other writes
    actor: systemActor,
    now: parentsClock(process.env),
    log: createLog(config.logLevel, 'download-maker'),
    vault: createVault(config.secret, config.oldSecrets),
    config,
    jobs: { add: () => Promise.reject(new Error('the maker hands out no jobs')) },
    attempts: noAttempts,
    pace: createPace(redis, config.redisPrefix),
  };
  try {
    const row: DownloadRow = await ctx.db('downloads').where({ id, token }).first();
    if (!row) return { kind: 'stopped' };
    const actor = await requesterOf(ctx, row);
    const lists = modules.flatMap((module) => module.lists ?? []);
    const filled = await fillDownload({ ...ctx, actor }, row, token, lists, (done, total) => {
      void say({ kind: 'progress', done, total });
    });
    return { kind: 'done', ...filled };
  } catch (error) {
    if (error instanceof MakingStopped) return { kind: 'stopped' };
    if (error instanceof Refusal || error instanceof NotFound)
      return { kind: 'refused', reason: error.message };
    ctx.log.error({ err: error, downloadId: id }, 'a download could not be made');
    return { kind: 'refused', reason: '예상하지 못한 문제로 만들지 못했습니다. 관리자에게 알려 주세요.' };
  }
}

/** The person who asked, with what they may do now. */
async function requesterOf(ctx: Ctx, row: DownloadRow): Promise<Actor> {
  const user = await findUser(ctx, row.created_by);
  if (user.disabled_at) throw new Refusal('요청한 사람의 계정이 중지되었습니다.');
  return actorOf(ctx, user, modules);
}
