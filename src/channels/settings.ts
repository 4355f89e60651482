import { type Ctx, covers, may } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import type { DeliveryMethod } from '#orders';
import { findChannel, listMalls } from './channels.ts';
import { knownLayouts, type Meaning, type WordField } from './layouts/index.ts';
import { listLearnt } from './mapping/learnt.ts';
import type { ChannelRow } from './tables.ts';
import { meaningNames } from './words.ts';

/** How new orders may be delivered that a mall's file says nothing of. */
export const usualMethods = ['direct', 'courier', 'none'] as const satisfies readonly DeliveryMethod[];

export interface DecidedWord {
  id: number;
  field: WordField;
  word: string;
  meaning: Meaning;
  decided_by_name: string;
  decided_at: Date;
}

export type ChannelSettings = Pick<ChannelRow, 'id' | 'code' | 'name' | 'default_method'> & {
  hasPassword: boolean;
  /** The names of its files that are known. */
  files: string[];
  words: DecidedWord[];
};

/** Every channel with what its files are read by. */
export async function listChannelSettings(ctx: Ctx): Promise<ChannelSettings[]> {
  if (!may(ctx, 'channels.manage')) throw new NotFound();
  const channels = await listMalls(ctx);
  const words: (DecidedWord & { channel_id: number })[] = await ctx.db('channel_words').orderBy('id');
  const layouts = [...knownLayouts, ...(await listLearnt(ctx)).map(({ layout }) => layout)];
  return channels.map(({ id, code, name, default_method, file_password }) => ({
    id,
    code,
    name,
    default_method,
    hasPassword: file_password !== null,
    files: layouts.filter((layout) => layout.channel === code).map((layout) => layout.name),
    words: words.filter((word) => word.channel_id === id),
  }));
}

/** Orders that are there already stay as they are. */
export async function setUsualMethod(ctx: Ctx, channelId: number, method: DeliveryMethod): Promise<void> {
  await transaction(ctx, async (tx) => {
    if (!may(tx, 'channels.manage')) throw new NotFound();
    const channel = await findChannel(tx, channelId);
    if (channel.default_method === method) return;
    await tx.db('channels').where({ id: channelId }).update({ default_method: method });
    await record(tx, 'channel.usual_method_set', 'channel', channelId, {
      before: channel.default_method,
      after: method,
    });
  });
}

/** Says anew what a word means. Files read from now on are read by it; what was imported stays. */
export async function changeMeaning(ctx: Ctx, wordId: number, meaning: string): Promise<void> {
  await transaction(ctx, async (tx) => {
    if (!may(tx, 'channels.manage')) throw new NotFound();
    const word = await tx.db('channel_words').where({ id: wordId }).forUpdate().first();
    if (!word || !covers(tx, word.channel_id)) throw new NotFound('없는 말입니다.');
    if (!Object.hasOwn(meaningNames[word.field as WordField], meaning))
      throw new Refusal('뜻을 목록에서 골라 주세요.');
    if (word.meaning === meaning) return;
    await tx.db('channel_words').where({ id: wordId }).update({
      meaning,
      decided_by: tx.actor.id,
      decided_by_name: tx.actor.name,
      decided_at: tx.now(),
    });
    await record(tx, 'channel.word_changed', 'channel', word.channel_id, {
      word: word.word,
      before: word.meaning,
      after: meaning,
    });
  });
}
