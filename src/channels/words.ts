import type { Ctx } from '#lib/ctx.ts';
import type { Meaning, Ways, WordField } from './layouts/index.ts';
import type { ChannelRow } from './tables.ts';

interface WordRow {
  field: WordField;
  word: string;
  meaning: Meaning;
}

/** How a channel usually delivers and what its people said its words mean. */
export async function findWays(ctx: Ctx, channelId: number): Promise<Ways> {
  const [channel, words]: [ChannelRow | undefined, WordRow[]] = await Promise.all([
    ctx.db('channels').where({ id: channelId }).first(),
    ctx.db('channel_words').where({ channel_id: channelId }).select('field', 'word', 'meaning'),
  ]);
  const of = (field: WordField) =>
    new Map(words.filter((row) => row.field === field).map(({ word, meaning }) => [word, meaning]));
  return {
    usualMethod: channel?.default_method ?? 'direct',
    words: { status: of('status'), detail: of('detail') },
  };
}
