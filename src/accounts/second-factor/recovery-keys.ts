import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { keepFor, keptFor } from '#lib/kept-keys.ts';
import type { LastingKey } from '#lib/resealing.ts';
import { derivedKeys } from '#lib/secrets.ts';

const purpose = 'recovery codes';

/** With which new codes are hashed. */
export function recoveryKey(ctx: Ctx): Buffer {
  return derivedKeys(ctx.config, purpose)[0];
}

/** With which a code on somebody's paper may have been hashed: nobody can hash it anew without the paper. */
export async function recoveryKeys(ctx: Ctx): Promise<Buffer[]> {
  const kept = await keptFor<string>(ctx, purpose);
  return [...derivedKeys(ctx.config, purpose), ...kept.map(({ value }) => Buffer.from(value, 'hex'))];
}

export const recoveryCodeKeys: LastingKey = {
  title: '2단계 인증의 복구 코드',
  async isKept(ctx) {
    return (await missingKeys(ctx)).length === 0 || !(await hasUnusedCodes(ctx));
  },
  async keep(ctx) {
    await transaction(ctx, async (tx) => {
      await dropUnneeded(tx);
      if (!(await hasUnusedCodes(tx))) return;
      const places = (await keptFor(tx, purpose)).map(({ place }) => place);
      for (const [at, key] of (await missingKeys(tx)).entries())
        await keepFor(tx, purpose, Math.max(0, ...places) + 1 + at, key.toString('hex'));
    });
  },
};

/** Keys of former secrets that would be gone with them. */
async function missingKeys(ctx: Ctx): Promise<Buffer[]> {
  const kept = (await keptFor<string>(ctx, purpose)).map(({ value }) => value);
  const [, ...former] = derivedKeys(ctx.config, purpose);
  return former.filter((key) => !kept.includes(key.toString('hex')));
}

/** A key is of use while a code is left from before it was kept. */
async function dropUnneeded(tx: Ctx): Promise<void> {
  for (const { place, kept_at } of await keptFor(tx, purpose)) {
    if (!(await hasUnusedCodes(tx, kept_at))) await tx.db('kept_keys').where({ purpose, place }).delete();
  }
}

async function hasUnusedCodes(ctx: Ctx, before?: Date): Promise<boolean> {
  const query = ctx.db('recovery_codes').whereNull('used_at');
  if (before) query.where('made_at', '<=', before);
  return (await query.first('user_id')) !== undefined;
}
