import type { Ctx } from '#lib/ctx.ts';
import { addDays, day } from '#lib/dates.ts';
import { enterStoreOrder, type OrderFormInput, type Store } from '#stores';

type Sold = Pick<OrderFormInput, 'buyer' | 'recipient' | 'memo' | 'lines' | 'method'> & {
  daysAgo: number;
  paid: number;
};

const nobody = { name: '', phone: '', phone2: '', postcode: '', address: '', addressDetail: '' };

const sold: Sold[] = [
  {
    daysAgo: 2,
    method: 'direct',
    buyer: { name: '유정민', phone: '01027364810', phone2: '' },
    recipient: {
      ...nobody,
      postcode: '06236',
      address: '서울특별시 강남구 테헤란로 120',
      addressDetail: '1203호',
    },
    memo: '엘리베이터 예약이 필요합니다. 하루 전에 연락 주세요.',
    lines: [
      {
        productName: '모아 원목 2층 침대',
        optionName: '슈퍼싱글(SS)',
        quantity: 1,
        unitPrice: 890_000,
        discount: 40_000,
      },
      {
        productName: '방수 매트리스 커버',
        optionName: '슈퍼싱글(SS)',
        quantity: 2,
        unitPrice: 39_000,
        discount: 0,
      },
    ],
    paid: 300_000,
  },
  {
    daysAgo: 1,
    method: 'direct',
    buyer: { name: '배윤서', phone: '01094821137', phone2: '0317124456' },
    recipient: {
      ...nobody,
      name: '배상호',
      phone: '01033419920',
      postcode: '13529',
      address: '경기도 성남시 분당구 판교역로 166',
      addressDetail: '102동 1501호',
    },
    memo: '',
    lines: [
      {
        productName: '모아 포근 본넬 매트리스',
        optionName: '퀸(Q)',
        quantity: 1,
        unitPrice: 420_000,
        discount: 0,
      },
    ],
    paid: 420_000,
  },
];

/** What two stores sold these days, taken down in the order form. */
export async function sellInStores(ctx: Ctx, stores: readonly Store[]): Promise<void> {
  for (const [at, { daysAgo, paid, ...form }] of sold.entries()) {
    const orderedOn = addDays(day(ctx.now()), -daysAgo);
    const same = form.recipient.name === '';
    await enterStoreOrder(ctx, {
      ...form,
      recipient: same ? { ...form.recipient, ...form.buyer } : form.recipient,
      sameRecipient: same,
      storeId: stores[at % stores.length]!.id,
      submissionKey: `demo-${at}`, // a demo that was interrupted is finished: each form once
      orderedOn,
      promisedOn: addDays(orderedOn, 31),
      paymentMethod: 'card',
      paidAmount: paid,
    });
  }
}
