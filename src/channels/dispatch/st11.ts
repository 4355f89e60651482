import { type DispatchFormat, unsure } from './format.ts';

/** 11번가 takes its own columns back; its file has a title above the header. Couriers are codes. */
export const st11Dispatch: DispatchFormat = {
  mall: 'st11',
  sheet: '발송처리',
  container: 'xlsx',
  keys: ['주문번호', '주문순번'],
  title: '11번가 발송처리',
  cells: (line) => ({
    배송방법: line.byCourier ? '택배' : line.word,
    택배사코드: line.byCourier ? line.word : '',
    송장번호: line.byCourier ? line.trackingNo : '',
  }),
  personal: true,
  note: '직접전달은 배송방법만 적고 택배사코드와 송장번호는 비워 둡니다.',
  spellings: {
    직접전달: unsure('직접전달(화물배달)'),
    CJ대한통운: unsure('00034'),
    한진택배: unsure('00011'),
    롯데택배: unsure('00012'),
    로젠택배: unsure('00002'),
    우체국택배: unsure('00007'),
    경동택배: unsure('00026'),
    대신택배: unsure('00021'),
    일양로지스: unsure('00022'),
    합동택배: unsure('00035'),
    천일택배: unsure('00027'),
    건영택배: unsure('00037'),
  },
};
