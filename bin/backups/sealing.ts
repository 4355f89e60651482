import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  createWriteStream,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { Failure } from '../failure.ts';
import { programPath } from './programs.ts';

/** A sealed file as it lies there. */
export interface Sealed {
  sha256: string;
  bytes: number;
}

/**
 * Packs with zstd and seals with age for the recipients, as it comes: nothing readable ever touches the disk. The file
 * has its name only once all of it is there. Opens without us, too: `age -d -i KEY FILE | zstd -d`.
 */
export async function sealTo(path: string, content: Readable, recipients: string): Promise<Sealed> {
  const age = spawn(programPath('age'), ['-R', recipients], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = endOf('age', age);
  const counted = counting();
  const draft = `${path}.part`;
  const packed = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3 } });
  try {
    await settled([
      pipeline(content, packed, age.stdin as Writable),
      pipeline(age.stdout as Readable, counted.stream, createWriteStream(draft, { mode: 0o640 })),
      ended,
    ]);
  } catch (error) {
    rmSync(draft, { force: true }); // on a full disk it would be in the way of the next
    throw error;
  }
  const file = openSync(draft, 'r+');
  fsyncSync(file);
  closeSync(file);
  renameSync(draft, path);
  return counted.result();
}

/** Opens a sealed file into `to`. Throws `Failure` when a byte is another than was written, or the key is not the one. */
export async function openFrom(
  path: string,
  identity: string,
  to: Writable,
  expected: Sealed,
): Promise<void> {
  const age = spawn(programPath('age'), ['-d', '-i', identity], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = endOf('age', age);
  const counted = counting();
  await settled([
    pipeline(createReadStream(path), counted.stream, age.stdin as Writable),
    pipeline(age.stdout as Readable, createZstdDecompress(), to),
    ended,
  ]);
  const { sha256, bytes } = counted.result();
  if (sha256 !== expected.sha256 || bytes !== expected.bytes)
    throw new Failure(`백업 파일이 만들었을 때와 다릅니다: ${path}`);
}

/** The end of a program; throws what it said when it did not end well. */
export function endOf(name: string, child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-4000);
  });
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(new Failure(`${name}을(를) 실행하지 못했습니다. (${error.message})`)),
    );
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Failure(`${name}이(가) 실패했습니다(${signal ?? code}).\n${lastOf(said)}`));
    });
  });
}

/** Of programs that feed each other, whoever failed by itself and not because its neighbour was gone. */
export async function settled(all: readonly Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(all);
  const errors = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  const told = errors.find((error) => error instanceof Failure) ?? errors[0];
  if (told) throw told;
}

function lastOf(text: string): string {
  const lines = text.trimEnd().split('\n').slice(-8);
  return lines.map((line) => `  | ${line}`).join('\n');
}

function counting(): { stream: Transform; result(): Sealed } {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, result: () => ({ sha256: hash.digest('hex'), bytes }) };
}
