import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import { squeezed } from './filling.rules.ts';
import type { DispatchFormat, Spelling } from './format.ts';

/** How a mall spells our words: what an administrator said, else what its format knows. */
export async function readSpellings(
  ctx: Ctx,
  format: DispatchFormat,
): Promise<Record<string, Spelling & { byHand: boolean }>> {
  const changed: { word: string; text: string }[] = await ctx
    .db('mall_spellings')
    .where({ mall: format.mall })
    .select('word', 'text');
  const known = Object.entries(format.spellings).map(([word, spelling]) => [
    squeezed(word),
    { ...spelling, byHand: false },
  ]);
  const byHand = changed.map(({ word, text }) => [word, { text, sure: true, byHand: true }]);
  return Object.fromEntries([...known, ...byHand]);
}

/** Keeps what the administrator typed; a word typed as the format has it, or left blank, goes back to the format. */
export async function saveSpellings(
  ctx: Ctx,
  format: DispatchFormat,
  typed: ReadonlyMap<string, string>,
): Promise<number> {
  return transaction(ctx, async (tx) => {
    const before = await readSpellings(tx, format);
    const changes: Record<string, string> = {};
    for (const [name, text] of typed) {
      const word = squeezed(name);
      if ((before[word]?.text ?? '') === text) continue;
      changes[word] = text;
      const own = Object.entries(format.spellings).find(([known]) => squeezed(known) === word)?.[1].text;
      await tx.db('mall_spellings').where({ mall: format.mall, word }).delete();
      if (text !== '' && text !== own) {
        await tx.db('mall_spellings').insert({
          mall: format.mall,
          word,
          text,
          changed_by_name: tx.actor.name,
          changed_at: tx.now(),
        });
      }
    }
    const count = Object.keys(changes).length;
    if (count > 0) await record(tx, 'dispatch.spellings_changed', 'mall', 0, { mall: format.mall, changes });
    return count;
  });
}
