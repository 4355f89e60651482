import { randomUUID } from 'node:crypto';
import type { OrderFormInput } from '#stores';
import { addStore } from '#stores';
import type { Office } from '../support/office.ts';

/** A store that takes orders. */
export function aStore(office: Office, prefix = 'GN', name = '강남점'): Promise<number> {
  return addStore(office.ctx('admin'), {
    name,
    prefix,
    phone: '0255501234',
    address: '서울특별시 강남구 테헤란로 152 1층',
  });
}

const buyer = { name: '홍길동', phone: '01012345678', phone2: '' };

/** What a clerk took down: one bed for one home in 강남구. */
export function aForm(storeId: number, given: Partial<OrderFormInput> = {}): OrderFormInput {
  return {
    storeId,
    submissionKey: randomUUID(),
    orderedOn: '2026-11-21',
    promisedOn: '2026-12-22',
    method: 'direct',
    buyer,
    sameRecipient: true,
    recipient: {
      ...buyer,
      postcode: '06236',
      address: '서울특별시 강남구 테헤란로 1',
      addressDetail: '101동 1호',
    },
    memo: '',
    lines: [{ productName: '침대', optionName: '퀸(Q)', quantity: 1, unitPrice: 890_000, discount: 0 }],
    paymentMethod: 'card',
    paidAmount: 0,
    ...given,
  };
}
