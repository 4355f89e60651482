import type { Knex } from 'knex';
import type { Ctx } from '#lib/ctx.ts';
import { SettingError } from '#lib/errors.ts';
import type { SealedColumn } from '#lib/resealing.ts';
import type { Vault } from '#lib/secrets.ts';

/** Something that is to be known beyond the secret it came from. */
export interface Kept<T> {
  place: number;
  value: T;
  kept_at: Date;
}

/** All that is kept for a purpose, in the order of its places. */
export async function keptFor<T>(ctx: Ctx, purpose: string): Promise<Kept<T>[]> {
  const rows: { place: number; sealed: Buffer; kept_at: Date }[] = await ctx
    .db('kept_keys')
    .where({ purpose })
    .orderBy('place')
    .select('place', 'sealed', 'kept_at');
  return rows.map(({ place, sealed, kept_at }) => ({
    place,
    kept_at,
    value: JSON.parse(ctx.vault.open(sealFor(purpose, place), sealed).toString()) as T,
  }));
}

/** Keeps a value at its place; what stood there is replaced. */
export async function keepFor(tx: Ctx, purpose: string, place: number, value: unknown): Promise<void> {
  const sealed = tx.vault.seal(sealFor(purpose, place), Buffer.from(JSON.stringify(value)));
  await tx
    .db('kept_keys')
    .insert({ purpose, place, sealed, kept_at: tx.now() })
    .onConflict(['purpose', 'place'])
    .merge();
}

export const keptKeys: SealedColumn = {
  table: 'kept_keys',
  column: 'sealed',
  key: ['purpose', 'place'],
  purpose: ({ purpose, place }) => sealFor(String(purpose), Number(place)),
};

/** Bound to its place: what is kept at one is worth nothing at another. */
function sealFor(purpose: string, place: number): string {
  return `kept key ${purpose} ${place}`;
}

const mark = 'installation';

/** Marks the database as one whose values are sealed with this installation's secret; the first mark stays. */
export async function markInstallation(ctx: Ctx): Promise<void> {
  const sealed = ctx.vault.seal(sealFor(mark, 0), Buffer.from('{}'));
  await ctx
    .db('kept_keys')
    .insert({ purpose: mark, place: 0, sealed, kept_at: ctx.now() })
    .onConflict(['purpose', 'place'])
    .ignore();
}

/**
 * Stops a process whose secret is not that of the database, before it seals anything with the wrong one. A database
 * that has not been marked yet is let through.
 */
export async function demandKnownSecret(db: Knex, vault: Vault): Promise<void> {
  const row: { sealed: Buffer } | undefined = await db('kept_keys')
    .where({ purpose: mark, place: 0 })
    .first('sealed')
    .catch((error) => {
      if (error.code === 'ER_NO_SUCH_TABLE') return undefined; // not migrated yet
      throw error;
    });
  if (!row) return;
  try {
    vault.open(sealFor(mark, 0), row.sealed);
  } catch {
    throw new SettingError(
      'MOA_SECRET이 이 데이터베이스의 비밀 키가 아닙니다. 키를 바꾼 것이라면 이전 키를 MOA_OLD_SECRETS에 적으세요.',
    );
  }
}
