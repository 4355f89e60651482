import { type DispatchFormat, sure, unsure } from './format.ts';

/** What SmartStore's 엑셀 일괄발송 takes: this sheet name, these columns, a row per 상품주문번호. */
export const smartStoreDispatch: DispatchFormat = {
  mall: 'smartstore',
  sheet: '발송처리',
  container: 'xlsx',
  columns: ['상품주문번호', '배송방법', '택배사', '송장번호'],
  keys: [],
  cells: (line) => ({
    상품주문번호: line.lineNo,
    배송방법: line.byCourier ? '택배,등기,소포' : line.word,
    택배사: line.byCourier ? line.word : '',
    송장번호: line.byCourier ? line.trackingNo : '',
  }),
  personal: false,
  spellings: {
    직접전달: sure('직접전달'),
    퀵서비스: sure('퀵서비스'),
    방문수령: sure('방문수령'),
    // both 'CJ대한통운' and 'CJ 대한통운' are seen in files that were taken
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
