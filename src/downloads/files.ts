import type { Ctx } from '#lib/ctx.ts';
import type { SealedColumn } from '#lib/resealing.ts';

const partSize = 1024 * 1024;
const purpose = 'download-file';

export const sealedFiles: SealedColumn = {
  table: 'download_files',
  column: 'sealed',
  key: ['download_id', 'part'],
  purpose,
  large: true,
};

/** Gathers the bytes of a file into parts of a megabyte. */
export class Parts {
  size = 0;
  #part = 0;
  #bytes: Buffer[] = [];
  #gathered = 0;
  #store: (part: number, bytes: Buffer) => Promise<void>;

  constructor(store: (part: number, bytes: Buffer) => Promise<void>) {
    this.#store = store;
  }

  async add(bytes: Buffer): Promise<void> {
    this.#bytes.push(bytes);
    this.#gathered += bytes.length;
    this.size += bytes.length;
    if (this.#gathered >= partSize) await this.end();
  }

  /** Stores what is left. */
  async end(): Promise<void> {
    if (this.#gathered === 0) return;
    const bytes = Buffer.concat(this.#bytes);
    [this.#bytes, this.#gathered] = [[], 0];
    await this.#store(this.#part++, bytes);
  }
}

/** Keeps a part in the database, sealed: every web process can give it out. */
export async function storePart(tx: Ctx, downloadId: number, part: number, bytes: Buffer): Promise<void> {
  await tx
    .db('download_files')
    .insert({ download_id: downloadId, part, sealed: tx.vault.seal(purpose, bytes) });
}

/** The parts of a kept file, one after the other. */
export async function* readParts(ctx: Ctx, downloadId: number): AsyncGenerator<Buffer> {
  for (let part = 0; ; part++) {
    const row: { sealed: Buffer } | undefined = await ctx
      .db('download_files')
      .where({ download_id: downloadId, part })
      .first('sealed');
    if (!row) return;
    yield ctx.vault.open(purpose, row.sealed);
  }
}

/** In small steps: a large file is hundreds of parts. */
export async function destroyFile(ctx: Ctx, downloadId: number): Promise<void> {
  while ((await ctx.db('download_files').where({ download_id: downloadId }).limit(20).delete()) > 0);
}
