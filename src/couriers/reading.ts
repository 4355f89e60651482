import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Ctx } from '#lib/ctx.ts';
import { Refusal } from '#lib/errors.ts';
import type { ReaderAnswer, ReaderTask } from './reader.ts';
import type { ResultRow } from './result-file.rules.ts';

const readerPath = fileURLToPath(new URL('./reader.ts', import.meta.url));
const heapMb = 256;
const timeLimitMs = 60_000;

/** What a result file says; `password` is the one that opened it, where it was locked. */
export interface ReadFile {
  courier: string;
  rows: ResultRow[];
  password?: string;
}

/** No password we have opens the file; the message says so to a person. */
export class LockedResult extends Error {
  override name = 'LockedResult';
}

/**
 * Reads a courier's result file in a process of its own, whose memory and time are capped: a hostile file ends that
 * process and nothing else. Throws `Refusal` with a Korean reason for what cannot be read, `LockedResult` for what
 * no password opens.
 */
export async function readResultFile(
  ctx: Ctx,
  path: string,
  courier: string | undefined,
  passwords: ReaderTask['passwords'],
): Promise<ReadFile> {
  const folder = await mkdtemp(join(tmpdir(), 'moa-result-'));
  try {
    const answer = await runReader({ path, folder, courier, passwords });
    if (!answer) throw new Refusal('파일이 너무 커서 읽지 못했습니다. 나누어 올려 주세요.');
    if ('locked' in answer) throw new LockedResult(answer.locked);
    if ('refused' in answer) throw new Refusal(answer.refused);
    if ('failed' in answer) {
      ctx.log.error({ failed: answer.failed }, "reading a courier's file failed");
      throw new Refusal('파일을 읽는 중에 오류가 났습니다. 같은 파일로 다시 나면 관리자에게 알려 주세요.');
    }
    return answer;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Undefined when the process died or took too long. Passwords go by message: others can read a command line. */
async function runReader(task: ReaderTask): Promise<ReaderAnswer | undefined> {
  const child = fork(readerPath, {
    execArgv: [`--max-old-space-size=${heapMb}`],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { PATH: process.env.PATH, TZ: 'Asia/Seoul' },
  });
  let answer: ReaderAnswer | undefined;
  const timer = setTimeout(() => child.kill('SIGKILL'), timeLimitMs);
  child.on('message', (message: ReaderAnswer) => {
    answer = message;
  });
  try {
    const closed = once(child, 'close'); // rejects when it could not be started
    child.send(task);
    await closed;
    return answer;
  } finally {
    clearTimeout(timer);
  }
}
