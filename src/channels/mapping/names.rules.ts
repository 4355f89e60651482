import { knownLayouts } from '../layouts/known.ts';
import { type Field, isField } from './fields.rules.ts';

/** What shops without a mall's export call their columns; the malls' own names are in their layouts. */
const alsoCalled: Partial<Record<Field, readonly string[]>> = {
  orderNo: ['주문번호', '주문코드', '오더번호', '주문ID', '접수번호'],
  lineNo: ['상품주문번호', '품목별주문번호', '주문상세번호', '주문상품번호', '주문품목번호'],
  status: ['주문상태', '진행상태', '처리상태'],
  productName: ['상품명', '품명', '품목명', '제품명', '상품', '주문상품', '품목'],
  option: ['옵션', '옵션명', '상품옵션', '주문옵션', '선택옵션', '옵션내용', '규격'],
  quantity: ['수량', '주문수량', '구매수량', '개수', '갯수', 'EA', 'QTY'],
  productNo: ['상품번호', '상품코드', '품번', '품목코드', '제품코드'],
  sellerCode: ['자체상품코드', '판매자상품코드', '업체상품코드', '관리코드'],
  amount: ['주문금액', '결제금액', '판매금액', '총금액', '합계금액', '금액', '상품금액'],
  unitPrice: ['단가', '판매가', '판매단가', '상품단가', '상품가격'],
  shippingFee: ['배송비', '배송료', '택배비', '운임'],
  recipientName: ['수취인', '받는분', '성명', '이름', '수하인', '인수자'],
  recipientPhone: ['수취인전화', '전화', '전화1', '수취인전화1', '수하인전화'],
  recipientPhone2: ['수취인전화2', '전화2', '추가전화', '비상전화'],
  postcode: ['우편번호', '우편', '수취인우편번호', '신우편번호', 'zipcode', 'zip'],
  wholeAddress: ['주소', '수취인주소', '전체주소', '배송주소', '도로명주소'],
  baseAddress: ['기본주소', '주소1', '수취인주소1'],
  detailAddress: ['상세주소', '나머지주소', '주소2', '수취인주소2', '수취인상세주소'],
  memo: ['배송메모', '메모', '배송시메모', '고객메모', '구매자메모', '수취인메모', '특이사항', '비고'],
  buyerName: ['구매자', '고객', '주문고객'],
  buyerPhone: ['구매자전화', '고객전화', '구매자전화1'],
  buyerId: ['구매자id', '회원id', '고객id'],
  courier: ['택배사', '배송사', '택배회사', '운송사'],
  trackingNo: ['송장번호', '운송장번호', '운송장', '송장'],
  orderedAt: ['주문일', '주문일자', '주문일시', '주문날짜', '접수일'],
  paidAt: ['결제일', '결제일시', '입금일', '입금확인일'],
  shipBy: ['발송기한', '출고예정일', '발송예정일', '출고기한'],
  wishedOn: ['배송희망일', '희망배송일', '지정일', '설치희망일', '희망일'],
};

/** A column's name without what differs from shop to shop: spaces, brackets, words for the same person. */
export function plainName(header: string): string {
  const plain = header
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\((원|krw|필수|선택|숫자만)\)/g, '')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replace(/no$/, '번호')
    .replace(/수령인|수취자|수령자|받는분|받는사람|받는이|받으시는분|받으실분|인수인|배송지/g, '수취인')
    .replace(/주문자|주문인|주문하신분|주문하는분|구매인|구입자/g, '구매자')
    .replace(/휴대전화번호|휴대폰번호|핸드폰번호|전화번호|휴대전화|휴대폰|핸드폰|연락처|일반전화/g, '전화')
    .replace(/hp$|tel$|phone$|mobile$/, '전화')
    .replace(/메시지|메세지|요청사항|요구사항|전달사항|남기실말씀|전하실말씀|남기는말|전달메모/g, '메모')
    .replace(/(수취인|구매자)(이름|성명|성함|명|님)$/, '$1');
  return plain === '' ? header.trim() : plain;
}

/** How many layouts call a field so, the most usual field first. */
type Called = ReadonlyMap<Field, number>;

const [exact, plain] = [new Map<string, Map<Field, number>>(), new Map<string, Map<Field, number>>()];
for (const { headers } of knownLayouts) {
  for (const [column, names] of Object.entries(headers)) {
    if (!isField(column)) continue;
    names.forEach((name, at) => {
      // the first name is the mall's usual one
      note(exact, name.replace(/\s+/g, ' '), column, at === 0 ? 1 : 0.5);
      note(plain, plainName(name), column, at === 0 ? 1 : 0.5);
    });
  }
}
for (const [field, names] of Object.entries(alsoCalled)) {
  for (const name of names) {
    note(exact, name, field as Field, 3);
    note(plain, plainName(name), field as Field, 3);
  }
}

function note(into: typeof exact, name: string, field: Field, weight: number): void {
  const known = into.get(name) ?? new Map<Field, number>();
  into.set(name, known.set(field, (known.get(field) ?? 0) + weight));
}

/** How near a header comes to a name we know. */
export const nearness = { same: 1, alike: 0.85, ending: 0.68 } as const;

export interface Likeness {
  called: Called;
  near: keyof typeof nearness;
}

/** What a header says its column is: by its very text, by one that means the same, or by how it ends. */
export function calledLike(header: string): Likeness | undefined {
  if (isSenders(header)) return undefined;
  const very = exact.get(header);
  if (very) return { called: very, near: 'same' };
  const name = plainName(header);
  const alike = plain.get(name);
  if (alike) return { called: alike, near: 'alike' };
  // the longest ending says most: 자사 주문번호 is a 주문번호
  for (let at = 1; at <= name.length - 2; at += 1) {
    const ending = plain.get(name.slice(at));
    if (ending) return { called: ending, near: 'ending' };
  }
  return undefined;
}

/** Of whoever sends: the people and places of an order are those it goes to. */
export function isSenders(header: string): boolean {
  return /보내는|발송인|송하인|발신|출고지|반품지|공급|업체주소|업체전화|업체연락처|회사|담당/.test(
    header.replace(/\s+/g, ''),
  );
}
