import { open } from 'node:fs/promises';
import { limits } from './limits.ts';
import { FileRefused } from './refusals.ts';

/** A file on disk or already in memory, read piece by piece. */
export interface Source extends AsyncDisposable {
  size: number;
  /** Up to `length` bytes: fewer at the end of the file. */
  read(position: number, length: number): Promise<Buffer>;
}

/** Opens a file for reading; one over the size limit is refused. */
export async function openSource(file: string | Buffer): Promise<Source> {
  const source = typeof file === 'string' ? await fromPath(file) : fromBuffer(file);
  if (source.size > limits.fileBytes) {
    await source[Symbol.asyncDispose]();
    throw new FileRefused('파일이 50MB보다 큽니다. 기간을 나누어 내려받은 뒤 따로 올려 주세요.');
  }
  return source;
}

async function fromPath(path: string): Promise<Source> {
  const handle = await open(path);
  const { size } = await handle.stat();
  return {
    size,
    async read(position, length) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

function fromBuffer(bytes: Buffer): Source {
  return {
    size: bytes.length,
    read: async (position, length) => bytes.subarray(position, position + length),
    [Symbol.asyncDispose]: async () => {},
  };
}
