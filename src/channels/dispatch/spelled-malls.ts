import type { Ctx } from '#lib/ctx.ts';
import { NotFound } from '#lib/errors.ts';
import { listMalls } from '../channels.ts';
import type { DispatchFormat } from './format.ts';
import { formats } from './formats.ts';

/** A mall whose words for couriers can be said. */
export interface SpelledMall {
  format: DispatchFormat;
  /** What its channel is called. */
  name: string;
}

/** The malls whose file we know; for those who work with some channels only, the malls among these. */
export async function spelledMalls(ctx: Ctx): Promise<SpelledMall[]> {
  const channels = await listMalls(ctx);
  return formats.flatMap((format) => {
    const name = channels.find(({ layout }) => layout === format.mall)?.name;
    if (name === undefined && ctx.actor.scope !== 'all') return [];
    return [{ format, name: name ?? format.mall }];
  });
}

/** The mall that was asked for, or the first; another one than the actor's is not there. */
export function chosenMall(malls: readonly SpelledMall[], asked: string): SpelledMall {
  const isKnown = formats.some(({ mall }) => mall === asked);
  const chosen = isKnown ? malls.find(({ format }) => format.mall === asked) : malls[0];
  if (!chosen) throw new NotFound('맡은 몰이 아닙니다.');
  return chosen;
}
