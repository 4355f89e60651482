import { type Courier, column } from './courier.ts';

/** Has no column for a number of ours, so that one travels behind the items. */
export const logen: Courier = {
  code: 'logen',
  name: '로젠택배',
  template: {
    container: 'xlsx',
    itemLength: 100,
    columns: [
      column('수하인명', 'name'),
      column('우편번호', 'postcode'),
      column('수하인주소', 'address'),
      column('수하인전화번호', 'phone'),
      column('수하인핸드폰번호', 'phone2'),
      column('박스수량', 'boxes'),
      column('택배운임'),
      column('운임구분', 'text', '신용'),
      column('품목명', 'itemsWithNo'),
      column(''),
      column('배송메세지', 'memo'),
    ],
  },
  headers: [
    '수하인명',
    '수하인주소',
    '수하인전화번호',
    '수하인핸드폰번호',
    '수하인전화',
    '수하인휴대폰',
    '택배운임',
    '택배수량',
  ],
  result: {
    trackingNo: ['운송장번호', '송장번호'],
    orderNo: ['주문번호'],
    name: ['수하인명'],
    phones: ['수하인전화번호', '수하인핸드폰번호', '수하인전화', '수하인휴대폰'],
    address: ['수하인주소'],
    items: ['품목명', '물품명', '상품명'],
  },
  digits: [10, 12],
};
