import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import type { RemoteArea } from './book.rules.ts';
import { lockBook, renewBook } from './book.ts';
import type { RemoteRow } from './tables.ts';
import { spanText } from './wording.ts';

/** Areas with an extra delivery fee, in the order of their codes. */
export async function listRemoteAreas(ctx: Ctx): Promise<(RemoteRow & { id: number })[]> {
  return ctx.db('remote_areas').orderBy('from_code');
}

export async function addRemoteArea(ctx: Ctx, area: RemoteArea): Promise<void> {
  const { from, to, kind, label } = area;
  await transaction(ctx, async (tx) => {
    await lockBook(tx);
    const other: RemoteRow | undefined = await tx
      .db('remote_areas')
      .where('from_code', '<=', to)
      .where('to_code', '>=', from)
      .first();
    if (other) {
      const span = spanText({ from: other.from_code, to: other.to_code });
      throw new Refusal(
        `이미 있는 구간과 겹칩니다: ${span} ${other.label}. 그 구간을 지우고 다시 더해 주세요.`,
      );
    }

    const [id] = await tx.db('remote_areas').insert({ from_code: from, to_code: to, kind, label });
    await renewBook(tx);
    await record(tx, 'remote_area.added', 'remote_area', id!, { from, to, kind, label });
  });
}

export async function removeRemoteArea(ctx: Ctx, id: number): Promise<void> {
  await transaction(ctx, async (tx) => {
    await lockBook(tx);
    const area: RemoteRow | undefined = await tx.db('remote_areas').where({ id }).first();
    if (!area) throw new NotFound('찾는 구간이 없습니다.');

    await tx.db('remote_areas').where({ id }).delete();
    await renewBook(tx);
    const { from_code, to_code, kind, label } = area;
    await record(tx, 'remote_area.removed', 'remote_area', id, { from: from_code, to: to_code, kind, label });
  });
}
