import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { lockImport } from './imports.ts';
import type { Meaning, Ways, WordField } from './layouts/index.ts';
import { readLater } from './receiving.ts';
import type { ChannelRow, ImportRow, Problem } from './tables.ts';

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

/** What a person may say a word means, and how the screen calls it. */
export const meaningNames: Readonly<Record<WordField, Readonly<Partial<Record<Meaning, string>>>>> = {
  status: {
    new: '신규',
    acknowledged: '발주확인',
    dispatched: '배송중',
    delivered: '배송완료',
    confirmed: '구매확정',
    cancel_requested: '취소 요청',
    return_requested: '반품 요청',
    exchange_requested: '교환 요청',
    cancelled: '취소',
    returned: '반품',
    exchanged: '교환',
    ignored: '이 행은 가져오지 않기',
  },
  detail: {
    plain: '주문상태 그대로',
    acknowledged: '발주확인',
    cancel_requested: '취소 요청',
    return_requested: '반품 요청',
    exchange_requested: '교환 요청',
    cancelled: '취소',
    returned: '반품',
    exchanged: '교환',
    ignored: '이 행은 가져오지 않기',
  },
};

/** A word of the mall's that nobody has explained, and how many rows wait for it. */
export interface UnknownWord {
  field: WordField;
  /** The header of the column it stands in. */
  column: string;
  word: string;
  rows: number;
}

/** The words an import's rows wait for, the most frequent first. */
export async function listUnknownWords(ctx: Ctx, row: ImportRow): Promise<UnknownWord[]> {
  if (row.undecided_count === 0) return [];
  const groups: { problems: string; n: number }[] = await ctx
    .db('import_rows')
    .where({ import_id: row.id, kind: 'rejected' })
    .where('problems', 'like', '%"unknown"%')
    .groupBy('problems')
    .select('problems')
    .count({ n: '*' });
  const { words } = await findWays(ctx, row.channel_id);
  const found = new Map<string, UnknownWord>();
  for (const { problems, n } of groups) {
    for (const { unknown, column } of JSON.parse(problems) as Problem[]) {
      if (!unknown || words[unknown.field].has(unknown.word)) continue;
      const key = `${unknown.field} ${unknown.word}`;
      const known = found.get(key) ?? { ...unknown, column, rows: 0 };
      found.set(key, { ...known, rows: known.rows + Number(n) });
    }
  }
  return [...found.values()].sort((a, b) => b.rows - a.rows || a.word.localeCompare(b.word, 'ko'));
}

export interface Decision {
  field: WordField;
  word: string;
  meaning: Meaning;
}

/**
 * Remembers for the channel what words mean. A proposal that waits is read again with them; one that has been applied
 * stays as it is. Returns whether the file is read again.
 */
export async function decideWords(
  ctx: Ctx,
  importId: number,
  decisions: readonly Decision[],
): Promise<boolean> {
  if (decisions.length === 0) throw new Refusal('뜻을 고른 말이 없습니다.');
  const again = await transaction(ctx, async (tx) => {
    const row = await lockImport(tx, importId);
    if (row.state !== 'proposed' && row.state !== 'applied')
      throw new Refusal('다 읽은 가져오기에서만 뜻을 정할 수 있습니다.');
    if (row.follows_import_id)
      throw new Refusal('기다리던 상태 변경입니다. 뜻은 처음 가져오기에서 정해 주세요.');
    await refuseDecided(tx, row.channel_id, decisions);
    for (const decision of decisions) await remember(tx, row.channel_id, decision);
    await record(tx, 'channel.words_decided', 'channel', row.channel_id, { importId, decisions });
    if (row.state === 'applied') return false;
    await tx
      .db('imports')
      .where({ id: importId })
      .update({ state: 'waiting', failure: null, agreed_comparison: null });
    return true;
  });
  if (again) await readLater(ctx, importId);
  return again;
}

/** Only words nobody has explained are asked for: one that has its meaning by now got it from somebody else. */
async function refuseDecided(tx: Ctx, channelId: number, decisions: readonly Decision[]): Promise<void> {
  const { fields, words } = {
    fields: decisions.map(({ field }) => field),
    words: decisions.map(({ word }) => word),
  };
  const known: (WordRow & { decided_by_name: string })[] = await tx
    .db('channel_words')
    .where({ channel_id: channelId })
    .whereIn('field', fields)
    .whereIn('word', words)
    .forUpdate();
  for (const { field, word, meaning } of decisions) {
    const other = known.find((row) => row.field === field && row.word === word && row.meaning !== meaning);
    if (!other) continue;
    const name = meaningNames[field][other.meaning] ?? other.meaning;
    throw new Refusal(
      `‘${word}’의 뜻은 그사이 ${other.decided_by_name} 님이 ‘${name}’(으)로 정했습니다. 다르게 정하려면 관리자가 채널 화면에서 고칩니다.`,
    );
  }
}

async function remember(tx: Ctx, channelId: number, { field, word, meaning }: Decision): Promise<void> {
  await tx
    .db('channel_words')
    .insert({
      channel_id: channelId,
      field,
      word,
      meaning,
      decided_by: tx.actor.id,
      decided_by_name: tx.actor.name,
      decided_at: tx.now(),
    })
    .onConflict(['channel_id', 'field', 'word'])
    .merge();
}
