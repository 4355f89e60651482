import { recordAccess } from '#lib/access.ts';
import { type Ctx, may } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { destroyFile, keptParts } from './import-files.ts';
import { lockImport, visibleImports } from './imports.ts';
import { destroyHead } from './mapping/heads.ts';
import type { ImportRow, ImportState } from './tables.ts';

const keptForDays = 90;
const dayMs = 24 * 3600 * 1000;

/** Until when the original file of an import is kept. */
export function keptUntil(row: Pick<ImportRow, 'created_at'>): Date {
  return new Date(row.created_at.getTime() + keptForDays * dayMs);
}

/**
 * Hands out the file as it was uploaded, and records who took it and why. Only for those who may have it; the record
 * is written before the first byte leaves.
 */
export async function takeOriginal(
  ctx: Ctx,
  importId: number,
  reason: string,
): Promise<{ name: string; size: number; parts: AsyncGenerator<Buffer> }> {
  if (!may(ctx, 'imports.original')) throw new NotFound('없는 가져오기입니다.');
  if (!may(ctx, 'orders.personal'))
    throw new Refusal(
      '원본 파일에는 주문한 사람들이 그대로 있습니다. 이름과 주소를 볼 권한이 있는 사람이 받아 주세요.',
    );
  const row = await transaction(ctx, async (tx) => {
    const found = await lockImport(tx, importId);
    if (found.follows_import_id)
      throw new Refusal('기다리던 상태 변경에는 따로 원본 파일이 없습니다. 처음 가져오기에서 받아 주세요.');
    if (found.file_destroyed_at)
      throw new Refusal('90일이 지나 지운 원본 파일입니다. 몰에서 다시 내려받아 주세요.');
    const { file_name: file, file_sha256: sha256, file_size: size } = found;
    await record(tx, 'import.original_taken', 'import', importId, { file, sha256, size, reason });
    await recordAccess(tx, {
      kind: 'export',
      subject: { type: 'import', id: importId },
      people: found.rows_read,
      detail: '가져온 원본 파일',
      reason,
    });
    return found;
  });
  return { name: row.file_name, size: row.file_size, parts: keptParts(ctx, importId) };
}

/** States in which nobody has read the file yet, and nobody can once it is gone. */
const unread: readonly ImportState[] = ['waiting', 'reading', 'locked', 'unmapped'];

/** Destroys the original files that have been kept long enough; their imports stay. Returns how many. */
export async function destroyOldOriginals(ctx: Ctx): Promise<number> {
  const due: number[] = await ctx
    .db('imports')
    .whereNull('file_destroyed_at')
    .whereNull('follows_import_id')
    .where('created_at', '<', new Date(ctx.now().getTime() - keptForDays * dayMs))
    .orderBy('id')
    .pluck('id');
  for (const id of due) {
    await destroyFile(ctx, id);
    await transaction(ctx, async (tx) => {
      const row = await lockImport(tx, id);
      if (row.file_destroyed_at) return;
      await destroyHead(tx, id);
      const ended = unread.includes(row.state)
        ? {
            state: 'cancelled',
            password: null,
            read_token: null,
            failure: '90일 동안 읽지 않아 원본 파일을 지웠습니다.',
          }
        : {};
      await tx
        .db('imports')
        .where({ id })
        .update({ ...ended, file_destroyed_at: tx.now() });
      await record(tx, 'import.original_destroyed', 'import', id, {
        file: row.file_name,
        sha256: row.file_sha256,
      });
    });
  }
  return due.length;
}

/** An import of the very same bytes. */
export type Twin = Pick<
  ImportRow,
  'id' | 'file_name' | 'state' | 'created_at' | 'created_by_name' | 'file_sha256'
> & { channel_name: string | null };

/** The imports of the same file before each of these, the newest first, by the id of the later one. */
export async function earlierTwins(
  ctx: Ctx,
  rows: readonly Pick<ImportRow, 'id' | 'file_sha256'>[],
): Promise<Map<number, Twin[]>> {
  if (rows.length === 0) return new Map();
  const twins: Twin[] = await visibleImports(ctx)
    .leftJoin('channels', 'channels.id', 'imports.channel_id')
    .whereNull('imports.follows_import_id')
    .whereIn('imports.file_sha256', [...new Set(rows.map((row) => row.file_sha256))])
    .orderBy('imports.id', 'desc')
    .select(
      'imports.id',
      'imports.file_name',
      'imports.state',
      'imports.created_at',
      'imports.created_by_name',
      'imports.file_sha256',
      { channel_name: 'channels.name' },
    );
  return new Map(
    rows.map((row) => [
      row.id,
      twins.filter((twin) => twin.file_sha256 === row.file_sha256 && twin.id < row.id),
    ]),
  );
}
