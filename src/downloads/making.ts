import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { clockForChild } from '#lib/clock.ts';
import { settingsForChild } from '#lib/config.ts';
import { nextNumber } from '#lib/counters.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { destroyFile } from './files.ts';
import { lockDownload } from './queries.ts';
import { expiryFrom, makeLater } from './requesting.ts';
import type { DownloadRow } from './tables.ts';

/** What the making process says to the one that started it. */
export type MakerMessage =
  | { kind: 'progress'; done: number; total: number }
  | { kind: 'done'; rows: number; size: number }
  | { kind: 'refused'; reason: string }
  | { kind: 'stopped' };

type Progress = (done: number, total: number, stage: string) => void;

const makerPath = fileURLToPath(new URL('../download-maker.ts', import.meta.url));
const flags = ['--max-old-space-size=256', '--max-semi-space-size=16'];
/** As `nice` counts: whoever looks at a page goes first. */
export const makerPriority = 10;
const timeLimitMs = 15 * 60_000;
/** In all workers together. */
const madeAtOnce = 2;
const silentForMs = 20_000;
const mostAttempts = 3;

/**
 * Makes the file of a waiting download in a process of its own, whose memory and time are capped. When two are being
 * made already it is left waiting, and whichever ends first starts it. Running it again starts the file anew.
 */
export async function makeDownload(ctx: Ctx, id: number, progress: Progress): Promise<void> {
  const token = await claim(ctx, id);
  if (!token) return;
  await destroyFile(ctx, id);
  const outcome = await runMaker(ctx, id, token, progress);
  await finish(ctx, id, token, outcome);
  await startNext(ctx);
}

/** Undefined when it is not waiting, or two others are being made. */
async function claim(ctx: Ctx, id: number): Promise<string | undefined> {
  return transaction(ctx, async (tx) => {
    await nextNumber(tx, 'downloads.claimed'); // one claim at a time: the counting below holds
    const row = await lockDownload(tx, id);
    if (row.state !== 'waiting' && row.state !== 'making') return undefined;
    const others = await tx
      .db('downloads')
      .where({ state: 'making' })
      .where('beat_at', '>', new Date(tx.now().getTime() - silentForMs))
      .whereNot({ id })
      .count({ n: '*' })
      .first();
    if (Number(others?.n) >= madeAtOnce) return undefined;
    if (row.attempts >= mostAttempts) {
      await fail(tx, row, '파일을 만들다가 거듭 멈췄습니다. 기간을 나누어 다시 받아 주세요.');
      return undefined;
    }
    const token = randomUUID();
    await tx
      .db('downloads')
      .where({ id })
      .update({ state: 'making', token, beat_at: tx.now(), rows_done: 0, attempts: row.attempts + 1 });
    return token;
  });
}

function runMaker(
  ctx: Ctx,
  id: number,
  token: string,
  progress: Progress,
): Promise<MakerMessage | undefined> {
  return new Promise((resolve) => {
    const child = fork(makerPath, [String(id), token], {
      execArgv: flags,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, ...settingsForChild(ctx.config), ...clockForChild(ctx.now) },
    });
    let last: MakerMessage | undefined;
    const timer = setTimeout(() => {
      last = { kind: 'refused', reason: '15분 안에 다 만들지 못했습니다. 기간을 나누어 받아 주세요.' };
      child.kill('SIGKILL');
    }, timeLimitMs);
    child.on('message', (message: MakerMessage) => {
      if (message.kind === 'progress') progress(message.done, message.total, '만드는 중');
      else last = message;
    });
    child.on('error', (error) => ctx.log.error({ err: error, downloadId: id }, 'the maker did not start'));
    child.on('close', () => {
      clearTimeout(timer);
      resolve(last);
    });
  });
}

/** A process that ended without a word is tried again, by the job that is thrown back. */
async function finish(ctx: Ctx, id: number, token: string, outcome: MakerMessage | undefined): Promise<void> {
  const isOver = await transaction(ctx, async (tx) => {
    const row = await lockDownload(tx, id);
    if (row.state !== 'making' || row.token !== token) return true;
    if (outcome?.kind === 'done') {
      const { rows, size } = outcome;
      await tx
        .db('downloads')
        .where({ id })
        .update({
          state: 'ready',
          token: null,
          row_count: rows,
          rows_done: rows,
          file_size: size,
          ready_at: tx.now(),
          expires_at: expiryFrom(tx.now()),
        });
      await record(tx, 'download.made', 'download', id, { rows, size });
      return true;
    }
    if (outcome?.kind === 'refused') {
      await fail(tx, row, outcome.reason);
      return true;
    }
    await tx.db('downloads').where({ id }).update({ state: 'waiting', token: null });
    return false;
  });
  if (outcome?.kind !== 'done') await destroyLeftovers(ctx, id);
  if (!isOver) throw new Error(`the process that made download ${id} died`);
}

async function fail(tx: Ctx, row: DownloadRow, reason: string): Promise<void> {
  await tx
    .db('downloads')
    .where({ id: row.id })
    .update({ state: 'failed', token: null, failure: reason.slice(0, 500) });
  await record(tx, 'download.failed', 'download', row.id, { reason });
}

async function destroyLeftovers(ctx: Ctx, id: number): Promise<void> {
  const row: DownloadRow | undefined = await ctx.db('downloads').where({ id }).first('state');
  if (row && row.state !== 'ready' && row.state !== 'making') await destroyFile(ctx, id);
}

async function startNext(ctx: Ctx): Promise<void> {
  const next: DownloadRow | undefined = await ctx
    .db('downloads')
    .where({ state: 'waiting' })
    .orderBy('id')
    .first('id', 'created_by');
  if (next) await makeLater(ctx, next);
}

/** Stops a file that is waiting or being made; the process that makes it notices with its next rows. */
export async function cancelDownload(ctx: Ctx, id: number): Promise<void> {
  await transaction(ctx, async (tx) => {
    const row = await lockDownload(tx, id);
    if (row.state === 'cancelled') return;
    if (row.state !== 'waiting' && row.state !== 'making') throw new Refusal('이미 끝난 다운로드입니다.');
    await tx.db('downloads').where({ id }).update({ state: 'cancelled', token: null });
    await record(tx, 'download.cancelled', 'download', id);
  });
  await destroyFile(ctx, id);
}

/** Picks up what a worker that died has left behind, and what found no room. */
export async function recoverDownloads(ctx: Ctx): Promise<void> {
  const forgotten: DownloadRow[] = await ctx
    .db('downloads')
    .select('id', 'created_by')
    .where({ state: 'waiting' })
    .orWhere((silent) => {
      silent.where({ state: 'making' }).where('beat_at', '<', new Date(ctx.now().getTime() - silentForMs));
    })
    .orderBy('id')
    .limit(20);
  for (const row of forgotten) await makeLater(ctx, row);
}
