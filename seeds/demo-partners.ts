import type { Ctx } from '#lib/ctx.ts';
import { addProducts, createPartner, sendSheet } from '#partners';

const partners = [
  { name: '우림목재', contact: '오세진 부장', phone: '0312220110', supplies: /원목|프레임/ },
  { name: '포근침구', contact: '한소라 대리', phone: '0552220330', supplies: /커버|베개|토퍼|쿠션/ },
];

/** Two partners with products of their own; the first has had a sheet already, the second waits for one. */
export async function buyFromPartners(ctx: Ctx): Promise<void> {
  if (await ctx.db('partners').first('id')) return;
  const products: { id: number; name: string }[] = await ctx.db('products').select('id', 'name');
  const ids: number[] = [];
  for (const { supplies, ...details } of partners) {
    const id = await createPartner(ctx, { ...details, memo: '', purpose: '협력사 배송 위탁' });
    const supplied = products.filter(({ name }) => supplies.test(name) && !isTaken(name, supplies));
    await addProducts(
      ctx,
      id,
      supplied.map((product) => product.id),
    );
    ids.push(id);
  }
  await sendSheet(ctx, ids[0]!, { scope: 'waiting' });
}

/** A product has one partner: the first that supplies it. */
function isTaken(name: string, supplies: RegExp): boolean {
  return partners.find((partner) => partner.supplies.test(name))?.supplies !== supplies;
}
