import { type DispatchFormat, unsure } from './format.ts';

/** 톡스토어 takes its own file back with 배송방법, 택배사코드 and 송장번호 filled. */
export const kakaoDispatch: DispatchFormat = {
  mall: 'kakao',
  sheet: 'Sheet0',
  container: 'xlsx',
  keys: ['주문번호'],
  cells: (line) => ({
    배송방법: line.byCourier ? '택배배송' : line.word,
    택배사코드: line.byCourier ? line.word : '',
    송장번호: line.byCourier ? line.trackingNo : '',
  }),
  personal: true,
  note: '직접전달은 배송방법만 적고 택배사코드와 송장번호는 비워 둡니다.',
  spellings: {
    직접전달: unsure('직접배송'),
    CJ대한통운: unsure('CJGLS'),
    한진택배: unsure('HANJIN'),
    롯데택배: unsure('HYUNDAI'),
    로젠택배: unsure('KGB'),
    우체국택배: unsure('EPOST'),
    경동택배: unsure('KDEXP'),
    대신택배: unsure('DAESIN'),
    일양로지스: unsure('ILYANG'),
    합동택배: unsure('HDEXP'),
    천일택배: unsure('CHUNIL'),
    건영택배: unsure('KUNYOUNG'),
  },
};
