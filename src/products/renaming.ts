import { type Ctx, withinScope } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { normaliseText } from './naming.rules.ts';

/** What a clerk calls an option, and what it was called on the page they looked at. */
export interface OptionNaming {
  channelOptionId: number;
  productName: string;
  optionName: string;
  seen: { productName: string; optionName: string };
}

interface NamedOption {
  id: number;
  product_id: number;
  name: string;
  is_new: 0 | 1;
  product_name: string;
}

/**
 * Names options and takes them out of the inbox, all or none. A product name that another product has moves the
 * option there; an option name that exists there joins the two. What a channel calls them leads to the same option from
 * now on. Refused when somebody else has named one of them meanwhile.
 */
export async function nameOptions(ctx: Ctx, namings: readonly OptionNaming[]): Promise<void> {
  await transaction(ctx, async (tx) => {
    for (const naming of namings) await nameOption(tx, naming);
  });
}

async function nameOption(tx: Ctx, naming: OptionNaming): Promise<void> {
  const option = await lockOption(tx, naming.channelOptionId);
  refuseChangedNames(option, naming);
  const productName = normaliseText(naming.productName);
  const optionName = normaliseText(naming.optionName);
  if (productName === '') throw new Refusal(`‘${option.product_name}’의 상품 이름을 비울 수 없습니다.`);

  const productId = await chooseProduct(tx, option, productName);
  const twin: { id: number } | undefined = await tx
    .db('options')
    .where({ product_id: productId, name: optionName })
    .whereNot({ id: option.id })
    .forUpdate()
    .first('id');
  if (twin) await joinOptions(tx, option, twin.id);
  else await renameOption(tx, option, productId, optionName);
  await tx.db('products').where({ id: productId }).update({ is_new: 0 });
  if (productId !== option.product_id) await dropEmptyProduct(tx, option.product_id);
}

async function lockOption(tx: Ctx, id: number): Promise<NamedOption> {
  const option: NamedOption | undefined = await withinScope(
    tx.db('channel_options as entry'),
    tx,
    'entry.channel_id',
  )
    .join('options', 'options.id', 'entry.option_id')
    .join('products', 'products.id', 'options.product_id')
    .where('entry.id', id)
    .forUpdate()
    .first('options.id', 'options.product_id', 'options.name', 'options.is_new', {
      product_name: 'products.name',
    });
  if (!option) throw new NotFound('없는 옵션입니다. 다른 옵션과 합쳐졌을 수 있습니다.');
  return option;
}

function refuseChangedNames(option: NamedOption, { seen }: OptionNaming): void {
  if (option.product_name === seen.productName && option.name === seen.optionName) return;
  const now = [option.product_name, option.name].filter(Boolean).join(' · ');
  throw new Refusal(
    `그 사이에 다른 사람이 이름을 ‘${now}’(으)로 바꿨습니다. 새 이름을 확인하고 다시 저장해 주세요.`,
  );
}

/** The product of that name, or the option's own product under its new name. */
async function chooseProduct(tx: Ctx, option: NamedOption, name: string): Promise<number> {
  if (name === option.product_name) return option.product_id;
  const known: { id: number } | undefined = await tx.db('products').where({ name }).orderBy('id').first('id');
  if (known) return known.id;
  await tx.db('products').where({ id: option.product_id }).update({ name });
  await record(tx, 'product.renamed', 'product', option.product_id, {
    before: option.product_name,
    after: name,
  });
  return option.product_id;
}

async function renameOption(tx: Ctx, option: NamedOption, productId: number, name: string): Promise<void> {
  await tx.db('options').where({ id: option.id }).update({ product_id: productId, name, is_new: 0 });
  await record(tx, option.name === name ? 'option.confirmed' : 'option.renamed', 'option', option.id, {
    before: option.name,
    after: name,
    product_id: productId,
  });
}

async function joinOptions(tx: Ctx, option: NamedOption, into: number): Promise<void> {
  await tx.db('channel_options').where({ option_id: option.id }).update({ option_id: into });
  await tx.db('options').where({ id: option.id }).delete();
  await tx.db('options').where({ id: into }).update({ is_new: 0 });
  await record(tx, 'option.joined', 'option', into, { from: option.id, name: option.name });
}

async function dropEmptyProduct(tx: Ctx, productId: number): Promise<void> {
  await tx
    .db('products')
    .where({ id: productId })
    .whereNotExists(tx.db('options').whereRaw('options.product_id = products.id'))
    .delete();
}
