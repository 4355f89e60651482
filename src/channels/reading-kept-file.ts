import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ctx } from '#lib/ctx.ts';
import { FileRefused } from '#lib/xlsx/refusals.ts';
import { openFile, PasswordNeeded } from '#lib/xlsx/unlocking.ts';
import { rememberedPasswords } from './channels.ts';
import { restoreFile } from './import-files.ts';
import { findImport } from './imports.ts';
import { ColumnsUnknown } from './mapping/recognising.ts';
import { proposeFile, ReadingStopped } from './proposing.ts';
import type { Reader, ReadingOutcome } from './reading.ts';
import { passwordOf } from './receiving.ts';

/** Reads in this very process, whose memory and time nothing caps: for files that are known to be harmless. */
export function readerHere(ctx: Ctx): Reader {
  return {
    read: ({ importId, token }, progress) =>
      readKeptFile(ctx, importId, token, (done, total) => progress(done, total, '읽는 중')),
    stop: () => {},
  };
}

/** Unlocks the kept file of an import and stages its rows; whatever happens is an outcome. */
export async function readKeptFile(
  ctx: Ctx,
  importId: number,
  token: string,
  progress: (done: number, total: number) => void,
): Promise<ReadingOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'moa-read-'));
  try {
    const row = await findImport(ctx, importId);
    const given = await passwordOf(ctx, importId);
    await restoreFile(ctx, importId, join(folder, 'file'));

    const opened = await openFile(join(folder, 'file'), folder, {
      given: given?.password,
      remembered: await rememberedPasswords(ctx, row.channel_id),
    });
    const proposal = await proposeFile(ctx, row, token, opened.path, progress);
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
  }
}
