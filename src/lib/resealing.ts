import type { Ctx } from '#lib/ctx.ts';

/** A column whose values rest under the installation's secret. */
export interface SealedColumn {
  table: string;
  column: string;
  /** The primary key. */
  key: readonly string[];
  /** What the vault seals it for. */
  purpose: string | ((key: Readonly<Record<string, unknown>>) => string);
  /** Values of up to a megabyte each: fewer are taken up at once. */
  large?: true;
}

/** A key that was made from a former secret and is needed beyond it. */
export interface LastingKey {
  /** What people call what it is for. */
  title: string;
  /** True when nothing of a former secret is missed once that is dropped. */
  isKept(ctx: Ctx): Promise<boolean>;
  /** Keeps what is missing; safe to repeat. */
  keep(ctx: Ctx): Promise<void>;
}

export interface Walked {
  table: string;
  column: string;
  seen: number;
  /** Sealed with a former secret when they were met. */
  old: number;
  /** Values no secret opens that is known here. */
  unreadable: number;
}

/**
 * Goes through all values of a column; with `reseal` those of a former secret are sealed anew. One at a time and only
 * while it is what was read: whatever is written or deleted meanwhile stays. Killed half-way it has done half, and a
 * second run does the rest.
 */
export async function walkSealed(ctx: Ctx, sealed: SealedColumn, reseal: boolean): Promise<Walked> {
  const { table, column } = sealed;
  const walked: Walked = { table, column, seen: 0, old: 0, unreadable: 0 };
  for await (const row of rowsOf(ctx, sealed)) {
    walked.seen += 1;
    const key = Object.fromEntries(sealed.key.map((name) => [name, row[name]]));
    const value = row[column] as Buffer;
    const anew = resealed(ctx, sealed, key, value);
    if (anew === 'unreadable') {
      walked.unreadable += 1;
      ctx.log.error({ table, column, key }, 'no known secret opens a sealed value');
    } else if (anew) {
      walked.old += 1;
      if (reseal)
        await ctx
          .db(table)
          .where({ ...key, [column]: value })
          .update({ [column]: anew });
    }
  }
  return walked;
}

function resealed(
  ctx: Ctx,
  { purpose }: SealedColumn,
  key: Record<string, unknown>,
  value: Buffer,
): Buffer | undefined | 'unreadable' {
  try {
    return ctx.vault.reseal(typeof purpose === 'string' ? purpose : purpose(key), value);
  } catch {
    return 'unreadable';
  }
}

async function* rowsOf(
  ctx: Ctx,
  { table, column, key, large }: SealedColumn,
): AsyncGenerator<Record<string, unknown>> {
  const atOnce = large ? 8 : 500;
  let last: Record<string, unknown> | undefined;
  for (;;) {
    const query = ctx
      .db(table)
      .select([...key, column])
      .whereNotNull(column)
      .limit(atOnce);
    for (const name of key) query.orderBy(name);
    const from = last;
    if (from)
      query.where((beyond) => {
        // a > x, or a = x and b > y: the order of the key
        for (let at = 0; at < key.length; at++)
          beyond.orWhere((step) => {
            for (const name of key.slice(0, at)) step.where(name, from[name] as string | number);
            step.where(key[at]!, '>', from[key[at]!] as string | number);
          });
      });
    const rows: Record<string, unknown>[] = await query;
    yield* rows;
    if (rows.length < atOnce) return;
    last = rows.at(-1);
  }
}
