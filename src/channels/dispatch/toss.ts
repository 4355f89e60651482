import { type DispatchFormat, unsure } from './format.ts';

const ours = ['택배사', '송장번호'];

/** 토스쇼핑 takes its own file back: an instruction, the header, a row that tells what may be changed. */
export const tossDispatch: DispatchFormat = {
  mall: 'toss',
  sheet: '주문배송관리',
  container: 'xlsx',
  keys: ['주문번호', '주문상품번호'],
  title: '택배사와 송장번호만 고쳐서 올려 주세요.',
  helper: (column) => (ours.includes(column) ? '수정 가능' : '수정 불가'),
  cells: (line) => ({ 택배사: line.word, 송장번호: line.trackingNo }),
  personal: true,
  note: '직접전달은 택배사에 ‘직접배송’이라고 적고 송장번호는 비워 둡니다.',
  spellings: {
    직접전달: unsure('직접배송'),
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
