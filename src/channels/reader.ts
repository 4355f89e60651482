import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noAttempts } from '#lib/attempts.ts';
import { readConfig } from '#lib/config.ts';
import { type Ctx, systemActor } from '#lib/ctx.ts';
import { openDb } from '#lib/db.ts';
import { createLog } from '#lib/log.ts';
import { createVault } from '#lib/secrets.ts';
import { FileRefused } from '#lib/xlsx/refusals.ts';
import { rememberedPasswords } from './channels.ts';
import { restoreFile } from './import-files.ts';
import { findImport } from './imports.ts';
import { ColumnsUnknown } from './mapping/recognising.ts';
import { proposeFile, ReadingStopped } from './proposing.ts';
import type { ReaderMessage, ReaderTask } from './reading.ts';
import { passwordOf } from './receiving.ts';
import { openFile, PasswordNeeded } from './unlocking.ts';

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

const [{ importId, token }] = (await once(process, 'message')) as [ReaderTask];
await say(await readFile(importId, token));
process.exit(0);

async function readFile(importId: number, token: string): Promise<ReaderMessage> {
  const config = readConfig(process.env);
  const db = openDb(config.databaseUrl, { max: 2 });
  const ctx: Ctx = {
    db,
    actor: systemActor,
    now: () => new Date(),
    log: createLog(config.logLevel, 'reader'),
    vault: createVault(config.secret),
    config,
    jobs: { add: () => Promise.reject(new Error('the reader hands out no jobs')) },
    attempts: noAttempts,
  };
  const folder = await mkdtemp(join(tmpdir(), 'moa-read-'));
  try {
    const row = await findImport(ctx, importId);
    const given = await passwordOf(ctx, importId);
    await restoreFile(ctx, importId, join(folder, 'file'));

    const opened = await openFile(join(folder, 'file'), folder, {
      given: given?.password,
      remembered: await rememberedPasswords(ctx, row.channel_id),
    });
    const proposal = await proposeFile(
      ctx,
      row,
      token,
      opened.path,
      (done, total) => void say({ kind: 'progress', done, total }),
    );
    return {
      kind: 'done',
      ...proposal,
      passwordWorked: opened.password !== undefined && opened.password === given?.password,
    };
  } catch (error) {
    if (error instanceof PasswordNeeded) return { kind: 'locked', reason: error.message };
    if (error instanceof ColumnsUnknown) {
      const kind = error.isKnownMalls ? 'refused' : 'unmapped';
      return { kind, reason: error.message, head: error.head };
    }
    if (error instanceof FileRefused) return { kind: 'refused', reason: error.message };
    if (error instanceof ReadingStopped) return { kind: 'stopped' };
    ctx.log.error({ err: error, importId }, 'reading failed');
    return {
      kind: 'refused',
      reason: '파일을 읽는 중에 오류가 났습니다. 같은 파일로 다시 나면 관리자에게 알려 주세요.',
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await db.destroy();
  }
}
