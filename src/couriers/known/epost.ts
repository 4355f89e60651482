import { type Courier, column } from './courier.ts';

/** Has no column for a number of ours, so that one travels behind the items. */
export const epost: Courier = {
  code: 'epost',
  name: '우체국택배',
  template: {
    container: 'xlsx',
    itemLength: 100,
    columns: [
      column('수취인명', 'name'),
      column('수취인 우편번호', 'postcode'),
      column('수취인 주소', 'address'),
      column('수취인 이동통신', 'phone'),
      column('수취인 전화번호', 'phone2'),
      column('상품명', 'itemsWithNo'),
      column('박스단위'),
      column('부피단위'),
      column('배송 메시지', 'memo'),
      column('주문자명', 'buyer'),
      column('수량', 'boxes'),
    ],
  },
  headers: [
    '수취인명',
    '수취인우편번호',
    '수취인주소',
    '수취인이동통신',
    '수취인전화번호',
    '박스단위',
    '부피단위',
    '등기번호',
  ],
  result: {
    trackingNo: ['등기번호', '운송장번호', '송장번호'],
    orderNo: ['고객주문번호', '주문번호'],
    name: ['수취인명'],
    phones: ['수취인이동통신', '수취인전화번호'],
    address: ['수취인주소'],
    items: ['상품명'],
  },
  digits: [10, 14],
};
