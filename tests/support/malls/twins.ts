import officeCrypto from 'officecrypto-tool';
import * as columns from '../../../seeds/malls/columns.ts';
import { coupangBox, coupangCells, coupangItem } from '../../../seeds/malls/coupang-cells.ts';
import { kakaoCells, waitsForAddress } from '../../../seeds/malls/kakao-cells.ts';
import { numbered, type Sale, sales, whole } from '../../../seeds/malls/sales.ts';
import type { MallLine } from '../../../src/channels/layouts/index.ts';
import { type Cell, type Sheet, workbooks } from '../../xlsx/twins.ts';
import '../quick-locks.ts';

/** A synthetic file of a mall, and what must be read from it. */
export interface Twin {
  layout: string;
  sheet: string;
  columns: readonly string[];
  /** Rows above the header, and one below it that explains the columns. */
  above?: readonly (readonly string[])[];
  help?: (column: string) => string;
  /** Sheets before the one with the orders. */
  before?: readonly Sheet[];
  /** The lines the mall would list. */
  lists?: (sale: Sale) => boolean;
  cells(sale: Sale): Record<string, Cell>;
  expected(sale: Sale): Partial<MallLine>;
}

const digits = (text: string) => text.replace(/\D/g, '');
const isMain = ({ addon }: Sale) => !addon;

/** What every mall tells of a line. */
function common(sale: Sale): Partial<MallLine> {
  return {
    tells: 'all',
    kind: 'main',
    quantity: sale.quantity,
    amount: sale.amount,
    recipientName: sale.recipient,
    recipientPhone: digits(sale.phone),
    postcode: sale.postcode,
    address: whole(sale),
    addressDetail: '',
    memo: sale.memo,
    productName: sale.product,
    optionText: sale.option,
    status: 'acknowledged',
  };
}

function coupang(header: readonly string[]): Twin {
  return {
    layout: 'coupang.delivery',
    sheet: header === columns.coupang40 ? '배송관리' : 'form',
    columns: header,
    lists: isMain,
    cells: (sale) => coupangCells(sale, header),
    expected: (sale) => ({
      ...common(sale),
      lineNo: `${coupangBox(sale)}-${coupangItem(sale)}`,
      orderNo: digits(sale.order),
      bundleNo: coupangBox(sale),
      productNo: sale.productNo,
      status: undefined,
      claim: undefined,
      courier: undefined,
      buyerName: sale.buyer,
      buyerPhone: digits(sale.buyerPhone),
      orderedAt: sale.orderedAt,
      shipBy: `${sale.shipBy.slice(0, 10)} 00:00:00`,
      method: undefined,
      usualMethod: 'direct',
    }),
  };
}

const st11: Twin = {
  layout: 'st11.logistics',
  sheet: 'Sheet1',
  columns: columns.st11,
  above: [['11번가 발송처리 대상 목록']],
  cells: (sale) => ({
    번호: sale.at + 1,
    주문상태: '배송준비중',
    주문번호: st11No(sale),
    주문순번: sale.serial,
    결제일시: sale.paidAt.replaceAll('-', '/'),
    배송번호: `9${sale.order.slice(6)}`,
    상품명: sale.product,
    옵션: sale.option,
    수량: sale.quantity,
    주문금액: sale.amount,
    수취인: sale.recipient,
    배송방법: '직접전달(화물배달)',
    발주확인일: sale.paidAt,
    발송마감일: sale.shipBy.slice(0, 10),
    배송완료여부: 'N',
    묶음여부: sale.serial > 1 ? 'Y' : 'N',
    배송비: sale.fee,
    휴대폰번호: sale.phone,
    우편번호: sale.postcode,
    주소: whole(sale),
    배송메시지: sale.memo,
    구매자: sale.buyer,
    상품번호: sale.productNo,
    판매단가: sale.price,
  }),
  expected: (sale) => ({
    ...common(sale),
    lineNo: `${st11No(sale)}-${sale.serial}`,
    orderNo: st11No(sale),
    bundleNo: `9${sale.order.slice(6)}`,
    productNo: sale.productNo,
    paidAt: sale.paidAt,
    method: 'direct',
    claim: null,
  }),
};

const esm: Twin = {
  layout: 'esm.orders',
  sheet: 'Sheet1',
  columns: columns.esm,
  lists: isMain,
  cells: (sale) => ({
    판매아이디: 'moabed',
    주문일자: sale.orderedAt,
    주문번호: numbered('38', sale),
    구매자명: sale.buyer,
    상품번호: `C${sale.productNo}`,
    상품명: sale.product,
    수량: sale.quantity,
    주문옵션: sale.option,
    추가구성: sale.at % 3 === 0 ? '방수 커버/1개' : '',
    판매단가: sale.price,
    판매금액: sale.amount.toLocaleString('ko-KR'),
    '구매자 휴대폰': sale.buyerPhone,
    수령인명: sale.recipient,
    '수령인 휴대폰': sale.phone,
    우편번호: sale.postcode,
    주소: whole(sale),
    '배송시 요구사항': sale.memo,
    배송비: sale.fee,
    배송번호: numbered('55', sale),
    '장바구니번호(결제번호)': numbered('71', sale),
    결제완료일: sale.paidAt,
    발송마감일: sale.shipBy,
  }),
  expected: (sale) => ({
    ...common(sale),
    lineNo: numbered('38', sale),
    orderNo: numbered('38', sale),
    bundleNo: numbered('55', sale),
    productNo: `C${sale.productNo}`,
    optionText:
      sale.at % 3 === 0 ? [sale.option, '추가구성: 방수 커버/1개'].filter(Boolean).join(' / ') : sale.option,
    buyerPhone: digits(sale.buyerPhone),
    paidAt: sale.paidAt,
    status: undefined,
    usualMethod: 'direct',
  }),
};

/** Fifteen digits, as the mall's own. */
function st11No({ order }: Sale): string {
  return `2${order.slice(2)}`;
}

function kakao(header: readonly string[]): Twin {
  return {
    layout: 'kakao.orders',
    sheet: 'Sheet0',
    columns: header,
    lists: isMain,
    cells: kakaoCells,
    expected: (sale) => ({
      ...common(sale),
      ...(waitsForAddress(sale) ? { recipientName: '', recipientPhone: '', postcode: '', address: '' } : {}),
      lineNo: numbered('14', sale),
      orderNo: numbered('14', sale),
      bundleNo: header === columns.kakao48 ? numbered('20', sale) : undefined,
      orderedAt: sale.orderedAt,
      method: 'courier',
    }),
  };
}

const toss: Twin = {
  layout: 'toss.orders',
  sheet: 'Sheet1',
  columns: columns.toss,
  above: [['주문상품번호를 지우거나 바꾸지 마세요. 택배사와 송장번호를 채워 올려 주세요.']],
  help: (column) => (/택배사|송장번호/.test(column) ? '수정 가능' : '수정 불가'),
  cells: (sale) => ({
    주문번호: sale.order,
    주문상품번호: numbered('31', sale),
    주문상태: '상품준비중',
    발송기한: sale.shipBy.slice(0, 10),
    상품명: sale.product,
    옵션명: sale.option,
    주문건수: sale.quantity,
    상품ID: sale.productNo,
    구매자명: sale.buyer,
    '구매자 연락처': sale.buyerPhone,
    수령인명: sale.recipient,
    '수령인 연락처': sale.phone,
    우편번호: sale.postcode,
    배송지: whole(sale),
    주문요청사항: sale.memo,
    주문일시: sale.orderedAt,
    주문금액: sale.amount,
    '배송비 묶음 번호': numbered('44', sale),
    '배송비 합계': sale.fee,
  }),
  expected: (sale) => ({
    ...common(sale),
    lineNo: numbered('31', sale),
    orderNo: sale.order,
    bundleNo: numbered('44', sale),
    shippingFee: sale.fee,
    orderedAt: sale.orderedAt,
    shipBy: `${sale.shipBy.slice(0, 10)} 00:00:00`,
  }),
};

const ably: Twin = {
  layout: 'ably.dispatch',
  sheet: '20261121_에이블리_발송 관리',
  columns: columns.ably,
  before: [{ name: '안내', rows: [['상품주문번호와 송장번호를 채워 주세요'], ['주문번호'], ['수량']] }],
  cells: (sale) => ({
    결제일: sale.paidAt,
    상품주문번호: numbered('77', sale),
    주문번호: sale.order,
    상품명: sale.product,
    '판매자 상품코드': sale.code,
    '옵션 정보': sale.option,
    수량: sale.quantity,
    주문자명: sale.buyer,
    연락처: sale.buyerPhone,
    수취인명: sale.recipient,
    '수취인 연락처': sale.phone,
    우편번호: sale.postcode,
    '배송지 주소': whole(sale),
    '배송 메모': sale.memo,
    주문상태: '배송 준비중',
  }),
  expected: (sale) => ({
    ...common(sale),
    lineNo: numbered('77', sale),
    orderNo: sale.order,
    productNo: '',
    amount: undefined,
    paidAt: sale.paidAt,
  }),
};

/** `2025.7.18  12:42:43 PM`, as 오늘의집 writes it. */
function clock(moment: string): string {
  const [, year, month, date, hour, rest] = /^(\d+)-(\d+)-(\d+) (\d+)(:.+)$/.exec(moment)!;
  const half = Number(hour) < 12 ? 'AM' : 'PM';
  return `${year}.${Number(month)}.${Number(date)}  ${Number(hour) % 12 || 12}${rest} ${half}`;
}

function ohouse(amountHeader: '판매가 * 수량' | '판매가*수량 + 조립비 + 배송비'): Twin {
  const other = ['판매가 * 수량', '판매가*수량 + 조립비 + 배송비'].find((header) => header !== amountHeader);
  const option = (sale: Sale) => (sale.addon ? `추가상품 - ${sale.product}` : sale.option);
  return {
    layout: 'ohouse.orders',
    sheet: '주문배송 내역',
    columns: columns.ohouse.filter((column) => column !== other),
    cells: (sale) => ({
      주문번호: sale.order.slice(2),
      주문옵션번호: numbered('62', sale),
      주문상품번호: numbered('61', sale),
      묶음배송그룹: 1,
      상품명: sale.product,
      옵션명: option(sale),
      수량: sale.quantity,
      주문결제완료일: clock(sale.paidAt),
      배송방법: '직접배송',
      주문자명: sale.buyer,
      수취인명: sale.recipient,
      '수취인 연락처': sale.phone,
      '수취인 우편번호': sale.postcode,
      '수취인 주소': sale.base,
      '수취인 주소상세': sale.detail,
      배송메모: sale.memo,
      [amountHeader]: sale.amount.toLocaleString('ko-KR'),
      상품아이디: sale.productNo,
      주문상태: '배송준비',
    }),
    expected: (sale) => ({
      ...common(sale),
      kind: sale.addon ? 'addon' : 'main',
      lineNo: numbered('62', sale),
      orderNo: sale.order.slice(2),
      bundleNo: `${sale.order.slice(2)}-1`,
      optionText: option(sale),
      paidAt: sale.paidAt,
      address: sale.base,
      addressDetail: sale.detail,
      method: 'direct',
    }),
  };
}

const cafe24: Twin = {
  layout: 'cafe24.orders',
  sheet: 'Sheet1',
  columns: columns.cafe24,
  cells: (sale) => ({
    주문번호: cafe24No(sale),
    '품목별 주문번호': `${cafe24No(sale)}-0${sale.serial}`,
    주문일시: sale.orderedAt,
    '결제일시(입금확인일)': sale.paidAt,
    주문상태: '배송준비중',
    상품번호: sale.productNo,
    주문상품명: sale.product,
    상품옵션: sale.option,
    수량: sale.quantity,
    판매가: sale.price,
    '상품구매금액(KRW)': sale.amount,
    주문자명: sale.buyer,
    '주문자 휴대전화': sale.buyerPhone,
    수령인: sale.recipient,
    '수령인 휴대전화': sale.phone,
    '수령인 우편번호': sale.postcode,
    '수령인 주소(전체)': whole(sale),
    배송메시지: sale.memo,
    배송번호: `D-${cafe24No(sale)}-00`,
  }),
  expected: (sale) => ({
    ...common(sale),
    lineNo: `${cafe24No(sale)}-0${sale.serial}`,
    orderNo: cafe24No(sale),
    bundleNo: `D-${cafe24No(sale)}-00`,
    orderedAt: sale.orderedAt,
    paidAt: sale.paidAt,
  }),
};

function cafe24No({ order }: Sale): string {
  return `${order.slice(0, 8)}-${order.slice(9)}`;
}

export const twins: Readonly<Record<string, Twin>> = {
  '쿠팡, 40 columns': coupang(columns.coupang40),
  '쿠팡, 39 columns': coupang(columns.coupang39),
  '11번가': st11,
  ESM: esm,
  '카카오, 48 columns': kakao(columns.kakao48),
  '카카오, 43 columns': kakao(columns.kakao43),
  토스: toss,
  에이블리: ably,
  '오늘의집, one spelling of the amount': ohouse('판매가 * 수량'),
  '오늘의집, the other': ohouse('판매가*수량 + 조립비 + 배송비'),
  카페24: cafe24,
};

export interface Variant {
  /** Another order of the columns. */
  shuffled?: boolean;
  /** As Excel leaves a file that was opened and saved: phones, codes and short ids are numbers. */
  resaved?: boolean;
  /** Columns nobody knows, one of them twice. */
  extra?: boolean;
  without?: readonly string[];
  /** The last word on the cells of a sale. */
  tweak?: (cells: Record<string, Cell>, sale: Sale) => Record<string, Cell>;
}

export interface MadeTwin {
  sheets: Sheet[];
  listed: Sale[];
  /** The number of the first row of orders, as Excel counts. */
  firstRow: number;
}

export function makeTwin(twin: Twin, variant: Variant = {}, sold: readonly Sale[] = sales()): MadeTwin {
  const { shuffled, resaved, extra, without = [], tweak = (cells) => cells } = variant;
  let header = twin.columns.filter((column) => !without.includes(column));
  if (extra) header = ['우리 메모', ...header, '비고', '비고'];
  if (shuffled) header = header.toSorted((a, b) => place(a) - place(b));
  const listed = sold.filter(twin.lists ?? (() => true));
  const above = twin.above ?? [];
  const help = twin.help ? [header.map(twin.help)] : [];
  const rows = listed.map((sale) => {
    const cells: Record<string, Cell> = tweak({ ...twin.cells(sale), 비고: '없음' }, sale);
    return header.map((column) => (resaved ? afterSaving(column, cells[column]) : (cells[column] ?? '')));
  });
  return {
    sheets: [...(twin.before ?? []), { name: twin.sheet, rows: [...above, header, ...help, ...rows] }],
    listed,
    firstRow: above.length + 1 + help.length + 1,
  };
}

/** The mall's file as it would lie on the desk. */
export function xlsxOf(sheets: readonly Sheet[]): Buffer {
  return workbooks['.xlsx'](sheets);
}

export function locked(file: Buffer, password: string): Buffer {
  return officeCrypto.encrypt(file, { password });
}

function place(column: string): number {
  return [...column].reduce((sum, char) => (sum * 31 + char.codePointAt(0)!) % 9973, 5);
}

function afterSaving(column: string, cell: Cell | undefined): Cell {
  if (typeof cell !== 'string' || cell === '') return cell ?? '';
  const plain = cell.replaceAll('-', '');
  if (/전화|휴대|연락처|우편번호/.test(column) && /^\d+$/.test(plain)) return Number(plain);
  if (/금액|결제액|수량|배송비$/.test(column) && /^[\d,]+$/.test(cell))
    return Number(cell.replaceAll(',', ''));
  if (/번호|ID/.test(column) && /^\d{1,15}$/.test(cell)) return Number(cell);
  if (/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(cell)) return cell.slice(0, 16);
  return cell;
}
