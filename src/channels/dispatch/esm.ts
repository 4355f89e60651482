import { type DispatchFormat, unsure } from './format.ts';

/** ESM (G마켓, 옥션) takes eight columns as an old `.xls`. Our own deliveries carry the order number. */
export const esmDispatch: DispatchFormat = {
  mall: 'esm',
  sheet: 'Sheet1',
  container: 'xls',
  columns: ['계정', '상품명', '택배사', '주문번호', '수령자', '전화번호', '휴대폰', '운송장/등기번호'],
  keys: ['주문번호'],
  cells: (line) => ({
    계정: line.own('판매아이디', '아이디', '계정'),
    상품명: line.own('상품명'),
    택배사: line.word,
    주문번호: line.orderNo,
    수령자: line.recipientName,
    전화번호: line.own('수령인 전화번호', '전화번호'),
    휴대폰: line.own('수령인 휴대폰', '휴대폰') || line.recipientPhone,
    '운송장/등기번호': line.trackingNo,
  }),
  personal: true,
  numberWithoutCourier: ({ orderNo }) => orderNo,
  note: '직접전달은 택배사에 ‘자체배송’이라고 적고 운송장/등기번호 칸에는 주문번호를 적습니다.',
  spellings: {
    직접전달: unsure('자체배송'),
    CJ대한통운: unsure('CJ대한통운'),
    한진택배: unsure('한진택배'),
    롯데택배: unsure('롯데택배'),
    로젠택배: unsure('로젠택배'),
    우체국택배: unsure('우체국택배'),
    경동택배: unsure('경동택배'),
    대신택배: unsure('대신택배'),
    일양로지스: unsure('일양로지스'),
    합동택배: unsure('합동택배'),
    천일택배: unsure('천일택배'),
    건영택배: unsure('건영택배'),
  },
};
