import { recordAccess } from '#lib/access.ts';
import { type Ctx, isWithin, may } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { keptScope } from './asked.ts';
import { destroyFile, readParts } from './files.ts';
import { lockDownload } from './queries.ts';
import type { DownloadRow } from './tables.ts';

/**
 * Notes that the file leaves the system, and returns it. Only the person who asked for it gets it, and only while they
 * may still take that list: an administrator sees the record of others, not their files.
 */
export async function takeFile(
  ctx: Ctx,
  id: number,
): Promise<{ row: DownloadRow; parts: AsyncGenerator<Buffer> }> {
  const row = await transaction(ctx, async (tx) => {
    const found = await lockDownload(tx, id);
    if (found.created_by !== tx.actor.id || !may(tx, `downloads.${found.list_name}`)) throw new NotFound();
    if (!isWithin(keptScope(found), tx.actor.scope)) {
      throw new Refusal(
        '지금 맡은 채널이 아닌 주문이 들어 있는 파일이라 줄 수 없습니다. 목록에서 다시 받아 주세요.',
      );
    }
    if (isExpired(found, tx.now())) {
      throw new Refusal('보관 기간 7일이 지나 파일을 지웠습니다. 목록에서 다시 받아 주세요.');
    }
    if (found.state !== 'ready') throw new Refusal('아직 받을 수 있는 파일이 아닙니다.');
    await tx
      .db('downloads')
      .where({ id })
      .update({ taken_count: found.taken_count + 1 });
    await record(tx, 'download.taken', 'download', id, { list: found.list_name, rows: found.row_count });
    if (found.personal) {
      await recordAccess(tx, {
        kind: 'export',
        subject: { type: 'download', id },
        people: found.row_count,
        detail: `${found.title} 엑셀 · ${found.filter_words}`,
        reason: found.reason ?? '',
      });
    }
    return found;
  });
  return { row, parts: readParts(ctx, id) };
}

function isExpired(row: DownloadRow, now: Date): boolean {
  return row.state === 'expired' || (row.expires_at !== null && row.expires_at <= now);
}

/** Destroys the files whose days are over, also one whose destroying was cut short; what is known of them stays. */
export async function expireDownloads(ctx: Ctx): Promise<void> {
  const old: { id: number }[] = await ctx
    .db('downloads')
    .select('id')
    .where({ state: 'ready' })
    .where('expires_at', '<=', ctx.now())
    .union((cutShort) =>
      cutShort
        .select('downloads.id')
        .from('downloads')
        .join('download_files', 'download_files.download_id', 'downloads.id')
        .whereIn('downloads.state', ['expired', 'cancelled', 'failed']),
    );
  for (const { id } of old) {
    await transaction(ctx, async (tx) => {
      const changed = await tx.db('downloads').where({ id, state: 'ready' }).update({ state: 'expired' });
      if (changed > 0) await record(tx, 'download.expired', 'download', id);
    });
    await destroyFile(ctx, id);
  }
}
