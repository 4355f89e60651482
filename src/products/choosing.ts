import type { Ctx } from '#lib/ctx.ts';
import { dictionaryKey, findChannelOptions } from './dictionary.ts';
import { type ChannelText, normaliseText } from './naming.rules.ts';

/** A product and an option in the words of a person who takes an order. */
export interface NamedGoods {
  productName: string;
  optionName: string;
}

/**
 * The dictionary entry of what a person chose or typed. Names as they are now come first: what a list offered is what
 * is meant. Else what these words led to before, also when the option was named anew since; else a new option, marked
 * new like those that imports find.
 */
export async function ensureNamedOption(tx: Ctx, channelId: number, named: NamedGoods): Promise<number> {
  const goods = {
    productName: normaliseText(named.productName).slice(0, 200),
    optionName: normaliseText(named.optionName).slice(0, 300),
  };
  const products = await lockProducts(tx, goods.productName);
  const optionId = await findOption(tx, products, goods.optionName);
  if (optionId) {
    const entry = await findEntry(tx, channelId, optionId);
    return entry ?? addEntry(tx, channelId, `o${optionId}`, optionId, goods);
  }
  const productNo = wordsNumber(goods.productName);
  const key = dictionaryKey(textOf(productNo, goods));
  const known = await findChannelOptions(tx, channelId, [key]);
  return known.get(key) ?? addEntry(tx, channelId, productNo, await addOption(tx, products[0], goods), goods);
}

/** Locks the place where the name stands or would stand: of two who type the same new name one finds the other's. */
async function lockProducts(tx: Ctx, name: string): Promise<number[]> {
  return tx.db('products').where({ name }).orderBy('id').forUpdate().pluck('id');
}

async function findOption(tx: Ctx, products: readonly number[], name: string): Promise<number | undefined> {
  if (products.length === 0) return undefined;
  const row: { id: number } | undefined = await tx
    .db('options')
    .whereIn('product_id', products)
    .where({ name })
    .orderBy('id')
    .forUpdate()
    .first('id');
  return row?.id;
}

async function findEntry(tx: Ctx, channelId: number, optionId: number): Promise<number | undefined> {
  const row: { id: number } | undefined = await tx
    .db('channel_options')
    .where({ option_id: optionId, channel_id: channelId, is_addon: 0 })
    .orderBy('id')
    .forUpdate()
    .first('id');
  return row?.id;
}

async function addOption(tx: Ctx, productId: number | undefined, goods: NamedGoods): Promise<number> {
  const [added] = productId
    ? [productId]
    : await tx.db('products').insert({ name: goods.productName, is_new: 1 });
  const [id] = await tx.db('options').insert({ product_id: added, name: goods.optionName, is_new: 1 });
  return id!;
}

async function addEntry(
  tx: Ctx,
  channelId: number,
  productNo: string,
  optionId: number,
  goods: NamedGoods,
): Promise<number> {
  const text = textOf(productNo, goods);
  const [id] = await tx.db('channel_options').insert({
    channel_id: channelId,
    product_no: productNo,
    is_addon: 0,
    product_name: goods.productName,
    option_text: goods.optionName,
    text_hash: Buffer.from(dictionaryKey(text), 'hex'),
    option_id: optionId,
  });
  return id!;
}

function textOf(productNo: string, { productName, optionName }: NamedGoods): ChannelText {
  return { productNo, isAddon: false, productName, optionText: optionName };
}

/** People give no product numbers; the words themselves stand for one. */
function wordsNumber(productName: string): string {
  return `w${dictionaryKey({ productNo: '', isAddon: true, productName, optionText: '' })}`;
}

/** What is sold, by name, for those who pick from all of it. */
export interface Goods {
  name: string;
  options: { id: number; name: string }[];
}

/** Every product with its options; one whose options have no name has none. */
export async function listGoods(ctx: Ctx): Promise<Goods[]> {
  const rows: { product: string; id: number; name: string }[] = await ctx
    .db('options')
    .join('products', 'products.id', 'options.product_id')
    .select({ product: 'products.name' }, 'options.id', 'options.name')
    .orderBy(['products.name', 'options.name']);
  return [...Map.groupBy(rows, (row) => row.product)].map(([name, options]) => ({
    name,
    options: options
      .filter((option) => option.name !== '')
      .map((option) => ({ id: option.id, name: option.name })),
  }));
}
