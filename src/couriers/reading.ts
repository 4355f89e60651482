import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Refusal } from '#lib/errors.ts';
import type { ReaderAnswer } from './reader.ts';
import type { ResultRow } from './result-file.rules.ts';

const readerPath = fileURLToPath(new URL('./reader.ts', import.meta.url));
const heapMb = 256;
const timeLimitMs = 60_000;

/**
 * Reads a courier's result file in a process of its own, whose memory and time are capped: a hostile file ends that
 * process and nothing else. Throws `Refusal` with a Korean reason for what cannot be read.
 */
export async function readResultFile(
  path: string,
  courier: string | undefined,
): Promise<{ courier: string; rows: ResultRow[] }> {
  const answer = await runReader(path, courier);
  if (!answer) throw new Refusal('파일이 너무 커서 읽지 못했습니다. 나누어 올려 주세요.');
  if ('refused' in answer) throw new Refusal(answer.refused);
  if ('failed' in answer) throw new Error(`reading a courier's file failed: ${answer.failed}`);
  return answer;
}

/** Undefined when the process died or took too long. */
function runReader(path: string, courier: string | undefined): Promise<ReaderAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const child = fork(readerPath, courier ? [path, courier] : [path], {
      execArgv: [`--max-old-space-size=${heapMb}`],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { PATH: process.env.PATH, TZ: 'Asia/Seoul' },
    });
    let answer: ReaderAnswer | undefined;
    const timer = setTimeout(() => child.kill('SIGKILL'), timeLimitMs);
    child.on('message', (message: ReaderAnswer) => {
      answer = message;
    });
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}
