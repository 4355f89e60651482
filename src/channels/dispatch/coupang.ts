import { type DispatchFormat, sure, unsure } from './format.ts';

/**
 * Coupang Wing takes its own DeliveryList back. A box (묶음배송번호) has one tracking number; with 분리배송 Y each
 * line has its own. A delivery by our own people is 업체직송, which wants a number as well: the order number.
 */
export const coupangDispatch: DispatchFormat = {
  mall: 'coupang',
  sheet: '배송관리',
  container: 'xlsx',
  keys: ['묶음배송번호', '주문번호', '옵션ID'],
  cells: (line) => ({
    택배사: line.word,
    운송장번호: line.trackingNo,
    '분리배송 Y/N': line.splits ? 'Y' : 'N',
  }),
  personal: true,
  boxes: true,
  numberWithoutCourier: ({ orderNo }) => orderNo,
  note: '직접전달은 ‘업체직송’으로, 운송장번호 칸에는 주문번호를 적습니다.',
  spellings: {
    직접전달: sure('업체직송'),
    CJ대한통운: sure('CJ 대한통운'),
    한진택배: sure('한진택배'),
    롯데택배: sure('롯데택배'),
    로젠택배: sure('로젠택배'),
    우체국택배: sure('우체국'),
    경동택배: sure('경동택배'),
    대신택배: sure('대신택배'),
    합동택배: sure('합동택배'),
    건영택배: sure('건영택배'),
    일양로지스: unsure('일양택배'),
    천일택배: unsure('천일택배'),
  },
};
