import type { Ctx } from '#lib/ctx.ts';
import { type ChannelText, normaliseText, suggestOptionName, textHash } from './naming.rules.ts';

/** Entries of a channel's option dictionary by the hex of their text hash. */
export type OptionIds = Map<string, number>;

export function dictionaryKey(text: ChannelText): string {
  const words = `${text.productNo}\n${text.isAddon}\n${text.productName}\n${text.optionText}`;
  const known = keys.get(words);
  if (known) return known;
  const key = textHash(text).toString('hex');
  if (keys.size >= 20_000) keys.clear();
  keys.set(words, key);
  return key;
}

/** A file names the same few hundred options over and over. */
const keys = new Map<string, string>();

/** The dictionary entries that are known already. */
export async function findChannelOptions(
  ctx: Ctx,
  channelId: number,
  keys: readonly string[],
): Promise<OptionIds> {
  if (keys.length === 0) return new Map();
  const rows: { id: number; text_hash: Buffer }[] = await ctx
    .db('channel_options')
    .select('id', 'text_hash')
    .where({ channel_id: channelId })
    .whereIn(
      'text_hash',
      keys.map((key) => Buffer.from(key, 'hex')),
    );
  return new Map(rows.map((row) => [row.text_hash.toString('hex'), row.id]));
}

/**
 * The entries of all texts. A text nobody has seen gets a new option, under the product its number belongs to or a
 * new product; both are marked new until a person has looked. They show with the batch.
 */
export async function ensureChannelOptions(
  tx: Ctx,
  channelId: number,
  batchId: number,
  texts: ReadonlyMap<string, ChannelText>,
): Promise<OptionIds> {
  const ids = await findChannelOptions(tx, channelId, [...texts.keys()]);
  for (const [key, text] of texts) {
    if (!ids.has(key)) ids.set(key, await addChannelOption(tx, channelId, batchId, key, text));
  }
  return ids;
}

async function addChannelOption(
  tx: Ctx,
  channelId: number,
  batchId: number,
  key: string,
  text: ChannelText,
): Promise<number> {
  const productId = (await findProduct(tx, channelId, text)) ?? (await addProduct(tx, text));
  const [optionId] = await tx.db('options').insert({
    product_id: productId,
    name: text.isAddon ? '' : suggestOptionName(text.optionText),
    is_new: 1,
  });
  const [id] = await tx.db('channel_options').insert({
    channel_id: channelId,
    product_no: text.productNo,
    is_addon: text.isAddon ? 1 : 0,
    product_name: normaliseText(text.productName).slice(0, 300),
    option_text: text.optionText.slice(0, 1000),
    text_hash: Buffer.from(key, 'hex'),
    option_id: optionId,
    batch_id: batchId,
  });
  return id!;
}

/** A main product is known by its number; an add-on by its name, whichever product it is offered with. */
async function findProduct(tx: Ctx, channelId: number, text: ChannelText): Promise<number | undefined> {
  const query = tx
    .db('channel_options')
    .join('options', 'options.id', 'channel_options.option_id')
    .where({ channel_id: channelId, is_addon: text.isAddon ? 1 : 0 })
    .orderBy('channel_options.id', 'desc');
  if (text.isAddon) query.where({ product_name: normaliseText(text.productName).slice(0, 300) });
  else query.where({ product_no: text.productNo });
  const known = (await query.first('options.product_id')) as { product_id: number } | undefined;
  return known?.product_id;
}

async function addProduct(tx: Ctx, text: ChannelText): Promise<number> {
  const [id] = await tx
    .db('products')
    .insert({ name: normaliseText(text.productName).slice(0, 200), is_new: 1 });
  return id!;
}

/** Takes out of the inbox what a batch found and no line names any more; call it after the batch was undone. */
export async function dropUnusedOptions(tx: Ctx, batchId: number): Promise<void> {
  const unused: { id: number; option_id: number }[] = await tx
    .db('channel_options as entry')
    .join('options', 'options.id', 'entry.option_id')
    .where({ 'entry.batch_id': batchId, 'options.is_new': 1 })
    .whereNotExists(tx.db('order_lines').whereRaw('order_lines.channel_option_id = entry.id'))
    .select('entry.id', 'entry.option_id');
  if (unused.length === 0) return;

  await tx
    .db('channel_options')
    .whereIn(
      'id',
      unused.map((row) => row.id),
    )
    .delete();
  const optionIds = unused.map((row) => row.option_id);
  const products: number[] = await tx.db('options').whereIn('id', optionIds).distinct().pluck('product_id');
  await tx
    .db('options')
    .whereIn('id', optionIds)
    .whereNotExists(tx.db('channel_options').whereRaw('channel_options.option_id = options.id'))
    .delete();
  await tx
    .db('products')
    .whereIn('id', products)
    .where({ is_new: 1 })
    .whereNotExists(tx.db('options').whereRaw('options.product_id = products.id'))
    .delete();
}
