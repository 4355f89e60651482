import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Ctx } from '#lib/ctx.ts';
import type { SealedColumn } from '#lib/resealing.ts';

const partSize = 1024 * 1024;
const purpose = 'import-file';

export const sealedFiles: SealedColumn = {
  table: 'import_files',
  column: 'sealed',
  key: ['import_id', 'part'],
  purpose,
  large: true,
};

/**
 * Keeps an uploaded file in the database, sealed, a megabyte at a time: every worker can read it. Returns its SHA-256 in
 * hexadecimal. One buffer takes each part in turn: left to the collector, they would pile up to several times the file.
 */
export async function storeFile(tx: Ctx, importId: number, path: string): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafeSlow(partSize);
  const file = await open(path, 'r');
  try {
    for (let part = 0; ; part++) {
      const length = await fill(file, buffer);
      if (length === 0) return hash.digest('hex');
      const chunk = buffer.subarray(0, length);
      hash.update(chunk);
      const sealed = tx.vault.seal(purpose, chunk);
      await tx.db('import_files').insert({ import_id: importId, part, sealed });
    }
  } finally {
    await file.close();
  }
}

/** Reads on until the buffer is full or the file is at its end. */
async function fill(file: FileHandle, buffer: Buffer): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

/** Writes the kept file to `path`. */
export async function restoreFile(ctx: Ctx, importId: number, path: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    for await (const part of keptParts(ctx, importId)) await file.write(part);
  } finally {
    await file.close();
  }
}

/** The kept file, unsealed, a megabyte at a time. */
export async function* keptParts(ctx: Ctx, importId: number): AsyncGenerator<Buffer> {
  for (let part = 0; ; part++) {
    const row: { sealed: Buffer } | undefined = await ctx
      .db('import_files')
      .where({ import_id: importId, part })
      .first('sealed');
    if (!row) return;
    yield ctx.vault.open(purpose, row.sealed);
  }
}

/** Destroys what is kept of a file, a part at a time: no transaction grows to the size of the file. */
export async function destroyFile(ctx: Ctx, importId: number): Promise<void> {
  while ((await ctx.db('import_files').where({ import_id: importId }).limit(1).delete()) > 0);
}
