import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { clockForChild } from '#lib/clock.ts';
import { settingsForChild } from '#lib/config.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import { basisNow } from './basis.ts';
import { rememberPassword } from './channels.ts';
import { findImport, lockImport, rowCounts } from './imports.ts';
import { destroyHead, type KeptHead, keepHead } from './mapping/heads.ts';
import { passwordOf } from './receiving.ts';
import type { ImportRow } from './tables.ts';

/** Reads one file. */
export interface Reader {
  read(task: ReadingTask, progress: Progress): Promise<ReadingOutcome>;
  stop(): void;
}

/** What a reader is told, once: whatever it does next it does for this reading. */
export interface ReadingTask {
  importId: number;
  token: string;
}

/** What the reading process says to the one that started it. */
export type ReaderMessage = { kind: 'progress'; done: number; total: number } | ReadingOutcome;

export type ReadingOutcome =
  | {
      kind: 'done';
      columns: string[];
      orders: number;
      undecided: number;
      head?: KeptHead;
      passwordWorked: boolean;
    }
  | { kind: 'unmapped'; reason: string; head: KeptHead }
  | { kind: 'refused'; reason: string; head?: KeptHead }
  | { kind: 'locked'; reason: string }
  | { kind: 'stopped' };

type Progress = (done: number, total: number, stage: string) => void;

const readerPath = fileURLToPath(new URL('./reader.ts', import.meta.url));
const heapMb = 320;
const timeLimitMs = 5 * 60_000;

/**
 * Reads a waiting file into a proposal. The file is read by a process of its own, whose memory and time are capped;
 * whatever happens there ends in a state with a Korean reason. Running it again starts the reading anew.
 */
export async function readImport(
  ctx: Ctx,
  importId: number,
  progress: Progress,
  reader: Reader = startReader(ctx),
): Promise<void> {
  try {
    const token = await startReading(ctx, importId);
    if (!token) return;
    await clearRows(ctx, importId);
    await finishReading(ctx, importId, token, await reader.read({ importId, token }, progress));
  } finally {
    reader.stop();
  }
}

async function startReading(ctx: Ctx, importId: number): Promise<string | undefined> {
  return transaction(ctx, async (tx) => {
    const row = await lockImport(tx, importId);
    if (row.state !== 'waiting' && row.state !== 'reading') return undefined;
    const token = randomUUID();
    await tx
      .db('imports')
      .where({ id: importId })
      .update({
        state: 'reading',
        read_token: token,
        beat_at: tx.now(),
        rows_read: 0,
        failure: null,
        comparison: row.comparison + 1, // whoever looked at an earlier reading has not seen this one
        moved_count: 0,
        ...(await basisNow(tx)),
      });
    return token;
  });
}

async function clearRows(ctx: Ctx, importId: number): Promise<void> {
  for (const table of ['import_rows', 'kept_cells']) {
    while ((await ctx.db(table).where({ import_id: importId }).limit(2000).delete()) > 0);
  }
}

/** A process that waits to be told what to read. It can be started ahead, while a file is still being taken in. */
export function startReader(ctx: Ctx): Reader {
  let child = startProcess(ctx);
  return {
    read(task, progress) {
      if (!child.connected) child = startProcess(ctx);
      return outcomeOf(child, task, progress);
    },
    stop: () => void child.kill(),
  };
}

function startProcess(ctx: Ctx): ChildProcess {
  return fork(readerPath, {
    // left alone the young generation takes 30 MB more, and the old one is gone through more often than it need be
    execArgv: [`--max-old-space-size=${heapMb}`, '--max-semi-space-size=16', '--initial-old-space-size=96'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...settingsForChild(ctx.config), ...clockForChild(ctx.now) },
  });
}

function outcomeOf(child: ChildProcess, task: ReadingTask, progress: Progress): Promise<ReadingOutcome> {
  return new Promise((resolve) => {
    let last: ReadingOutcome | undefined;
    const timer = setTimeout(() => {
      last = { kind: 'refused', reason: '5분 안에 다 읽지 못했습니다. 기간을 나누어 내려받아 주세요.' };
      child.kill('SIGKILL');
    }, timeLimitMs);
    child.on('message', (message: ReaderMessage) => {
      if (message.kind === 'progress') progress(message.done, message.total, '읽는 중');
      else last = message;
    });
    child.on('error', () => {
      last ??= {
        kind: 'refused',
        reason: '파일을 읽는 프로그램을 시작하지 못했습니다. 잠시 뒤에 다시 올려 주세요.',
      };
    });
    child.on('close', () => {
      clearTimeout(timer);
      resolve(
        last ?? {
          kind: 'refused',
          reason: '파일을 읽다가 메모리가 모자라 멈췄습니다. 기간을 나누어 내려받아 주세요.',
        },
      );
    });
    child.send(task);
  });
}

async function finishReading(
  ctx: Ctx,
  importId: number,
  token: string,
  outcome: ReadingOutcome,
): Promise<void> {
  const counts = await rowCounts(ctx, importId);
  await transaction(ctx, async (tx) => {
    const row = await lockImport(tx, importId);
    if (row.read_token !== token || row.state !== 'reading') return;
    if ('head' in outcome && outcome.head) await keepHead(tx, importId, outcome.head);
    else await destroyHead(tx, importId);

    if (outcome.kind === 'done') {
      const given = outcome.passwordWorked ? await passwordOf(tx, importId) : undefined;
      if (given?.remember) await rememberPassword(tx, row.channel_id, given.password);
      await save(tx, importId, {
        ...counts,
        state: 'proposed',
        order_count: outcome.orders,
        undecided_count: outcome.undecided,
        columns_json: JSON.stringify(outcome.columns),
        read_at: tx.now(),
      });
      await record(tx, 'import.read', 'import', importId, counts);
    } else if (outcome.kind === 'unmapped') {
      // a password that opened the file will open it again
      const { password } = row;
      await save(tx, importId, { state: 'unmapped', failure: outcome.reason.slice(0, 1000), password });
      await record(tx, 'import.unmapped', 'import', importId, { reason: outcome.reason });
    } else if (outcome.kind === 'locked') {
      await save(tx, importId, { state: 'locked', failure: outcome.reason });
    } else if (outcome.kind === 'refused') {
      await save(tx, importId, { state: 'refused', failure: outcome.reason.slice(0, 1000) });
      await record(tx, 'import.refused', 'import', importId, { reason: outcome.reason });
    }
  });
  if (['refused', 'unmapped'].includes(outcome.kind) || (await wasCancelled(ctx, importId)))
    await clearRows(ctx, importId);
}

async function wasCancelled(ctx: Ctx, importId: number): Promise<boolean> {
  return (await findImport(ctx, importId)).state === 'cancelled';
}

async function save(tx: Ctx, importId: number, values: Partial<ImportRow>): Promise<void> {
  await tx
    .db('imports')
    .where({ id: importId })
    .update({ password: null, ...values, read_token: null });
}
