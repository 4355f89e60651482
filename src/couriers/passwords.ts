import type { Ctx } from '#lib/ctx.ts';
import type { SealedColumn } from '#lib/resealing.ts';

const purpose = 'courier-password';

export const sealedPasswords: SealedColumn = {
  table: 'courier_passwords',
  column: 'sealed',
  key: ['courier'],
  purpose,
};

/** A password somebody typed for a file; `remember` keeps it for the courier once it has opened one. */
export interface GivenPassword {
  password: string;
  remember: boolean;
}

/** The passwords couriers' files usually open with, the chosen courier's first: whose file it is shows only inside. */
export async function rememberedPasswords(ctx: Ctx, courier: string | undefined): Promise<string[]> {
  const rows: { courier: string; sealed: Buffer }[] = await ctx.db('courier_passwords').orderBy('courier');
  return rows
    .sort((a, b) => Number(b.courier === courier) - Number(a.courier === courier))
    .map(({ sealed }) => ctx.vault.open(purpose, sealed).toString('utf8'));
}

export async function rememberPassword(tx: Ctx, courier: string, password: string): Promise<void> {
  await tx
    .db('courier_passwords')
    .insert({
      courier,
      sealed: tx.vault.seal(purpose, Buffer.from(password, 'utf8')),
      changed_by_name: tx.actor.name,
      changed_at: tx.now(),
    })
    .onConflict('courier')
    .merge();
}
