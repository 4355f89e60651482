import type { Ctx } from '#lib/ctx.ts';
import type { SealedColumn } from '#lib/resealing.ts';
import type { TableHead } from './table.rules.ts';

const purpose = 'import-head';

export const sealedHeads: SealedColumn = {
  table: 'import_heads',
  column: 'sealed',
  key: ['import_id'],
  purpose,
  large: true,
};

/** What the page for naming a file's columns needs, kept until the original file is destroyed. */
export interface KeptHead {
  table: TableHead;
  /** The taught layout the file used to have. */
  learntId?: number;
  /** The channel whose file it may be; 0 where nothing tells. */
  channelId: number;
}

/** Sealed, for it holds rows with people in them. */
export async function keepHead(tx: Ctx, importId: number, head: KeptHead): Promise<void> {
  const sealed = tx.vault.seal(purpose, Buffer.from(JSON.stringify(head), 'utf8'));
  await tx.db('import_heads').insert({ import_id: importId, sealed }).onConflict('import_id').merge();
}

export async function findHead(ctx: Ctx, importId: number): Promise<KeptHead | undefined> {
  const row: { sealed: Buffer } | undefined = await ctx
    .db('import_heads')
    .where({ import_id: importId })
    .first('sealed');
  return row && (JSON.parse(ctx.vault.open(purpose, row.sealed).toString('utf8')) as KeptHead);
}

export async function hasHead(ctx: Ctx, importId: number): Promise<boolean> {
  return (await ctx.db('import_heads').where({ import_id: importId }).first('import_id')) !== undefined;
}

export async function destroyHead(tx: Ctx, importId: number): Promise<void> {
  await tx.db('import_heads').where({ import_id: importId }).delete();
}
