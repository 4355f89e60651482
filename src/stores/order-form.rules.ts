import { addDays, isDay } from '#lib/dates.ts';
import { phoneDigits } from '#lib/phone.ts';
import { formTotals, type PaymentMethod, paymentMethods } from './payment.rules.ts';

/** Deliveries are promised a month ahead unless somebody says otherwise. */
export const daysPromised = 31;

export const formMethods = ['direct', 'courier', 'pickup'] as const;
export type FormMethod = (typeof formMethods)[number];

export const maxLines = 50;

/** What a clerk took down, read and checked. Days are `2026-11-21`, phones digits. */
export interface OrderFormInput {
  storeId: number;
  submissionKey: string;
  orderedOn: string;
  promisedOn: string;
  method: FormMethod;
  buyer: { name: string; phone: string; phone2: string };
  sameRecipient: boolean;
  recipient: {
    name: string;
    phone: string;
    phone2: string;
    postcode: string;
    address: string;
    addressDetail: string;
  };
  memo: string;
  lines: FormLine[];
  paymentMethod: PaymentMethod;
  paidAmount: number;
}

export interface FormLine {
  productName: string;
  optionName: string;
  quantity: number;
  unitPrice: number;
  discount: number;
}

export type Typed = Readonly<Record<string, string>>;

/** What is wrong, by the name of its field. */
export type FieldErrors = Record<string, string>;

export const lineFields = ['product', 'option', 'quantity', 'price', 'discount'] as const;
export type LineField = (typeof lineFields)[number];

export function lineField(row: number, field: LineField): string {
  return `line-${row}-${field}`;
}

/** The rows of the form that something was typed into, by their place on the page. */
export function typedRows(typed: Typed): number[] {
  const rows = Object.keys(typed)
    .filter((name) => text(typed, name) !== '')
    .flatMap((name) => /^line-(\d{1,3})-(?:product|option|price|discount)$/.exec(name)?.[1] ?? []);
  return [...new Set(rows.map(Number))].sort((a, b) => a - b);
}

/** Reads the whole form, naming everything that is wrong at once. */
export function readOrderForm(typed: Typed): { input?: OrderFormInput; errors: FieldErrors } {
  const form = new Reading(typed);
  const common = readCommon(form);
  const lines = typedRows(typed).map((row) => readLine(form, row));
  if (lines.length === 0) form.wrong('line-0-product', '상품을 하나 이상 적어 주세요.');
  if (lines.length > maxLines)
    form.wrong('line-0-product', `한 주문서에는 ${maxLines}줄까지 적을 수 있습니다.`);
  const payment = readPayment(form);
  if (Object.keys(form.errors).length === 0 && formTotals(lines, payment.paidAmount).balance < 0) {
    form.wrong('paid_amount', '받은 금액이 합계보다 큽니다.');
  }
  const input = {
    storeId: form.id('store', '매장을 골라 주세요.'),
    submissionKey: form.key('key'),
    ...common,
    lines,
    ...payment,
  };
  return Object.keys(form.errors).length === 0 ? { input, errors: {} } : { errors: form.errors };
}

/** The part that can be corrected later as well. */
export type CommonInput = Omit<
  OrderFormInput,
  'storeId' | 'submissionKey' | 'lines' | 'paymentMethod' | 'paidAmount'
>;

export function readCommon(form: Reading): CommonInput {
  const orderedOn = form.day('ordered_on', '주문일을 적어 주세요.');
  const promisedOn = form.day('promised_on', '약속일을 적어 주세요.');
  if (orderedOn && promisedOn && promisedOn < orderedOn) {
    form.wrong('promised_on', '약속일이 주문일보다 빠릅니다.');
  }
  const method = form.oneOf('method', formMethods, '배송방법을 골라 주세요.');
  const buyer = {
    name: form.text('buyer_name', 100, '고객 이름을 적어 주세요.'),
    phone: form.phone('buyer_phone', '고객 연락처를 적어 주세요.'),
    phone2: form.phone('buyer_phone2'),
  };
  const sameRecipient = text(form.typed, 'same') === '1';
  const recipient = sameRecipient
    ? buyer
    : {
        name: form.text('recipient_name', 100, '수령자 이름을 적어 주세요.'),
        phone: form.phone('recipient_phone', '수령자 연락처를 적어 주세요.'),
        phone2: form.phone('recipient_phone2'),
      };
  const place = {
    postcode: form.text('postcode', 30),
    address: form.text('address', 500, method === 'pickup' ? '' : '주소를 적어 주세요.'),
    addressDetail: form.text('address_detail', 500),
  };
  const memo = form.text('memo', 1000);
  return { orderedOn, promisedOn, method, buyer, sameRecipient, recipient: { ...recipient, ...place }, memo };
}

export function readLine(form: Reading, row: number): FormLine {
  const line = {
    productName: form.text(lineField(row, 'product'), 200, '상품을 적어 주세요.'),
    optionName: form.text(lineField(row, 'option'), 300),
    quantity: form.count(lineField(row, 'quantity')),
    unitPrice: form.won(lineField(row, 'price'), '단가를 적어 주세요.'),
    discount: form.won(lineField(row, 'discount')),
  };
  const priced = line.quantity > 0 && form.errors[lineField(row, 'price')] === undefined;
  if (priced && line.discount > line.quantity * line.unitPrice) {
    form.wrong(lineField(row, 'discount'), '할인이 금액보다 큽니다.');
  }
  return line;
}

export function readPayment(form: Reading): Pick<OrderFormInput, 'paymentMethod' | 'paidAmount'> {
  return {
    paymentMethod: form.oneOf('payment_method', paymentMethods, '결제 방법을 골라 주세요.'),
    paidAmount: form.won('paid_amount'),
  };
}

/** The day that is promised when nobody says another. */
export function promisedFrom(orderedOn: string): string {
  return addDays(orderedOn, daysPromised);
}

/** Reads typed fields one by one and keeps the first thing that is wrong with each. */
export class Reading {
  readonly typed: Typed;
  readonly errors: FieldErrors = {};

  constructor(typed: Typed) {
    this.typed = typed;
  }

  wrong(field: string, message: string): void {
    this.errors[field] ??= message;
  }

  /** '' is refused where `missing` says how. */
  text(field: string, longest: number, missing = ''): string {
    const found = text(this.typed, field);
    if (found === '' && missing) this.wrong(field, missing);
    if (found.length > longest) this.wrong(field, `${longest}자까지 적을 수 있습니다.`);
    return found;
  }

  phone(field: string, missing = ''): string {
    const found = this.text(field, 30, missing);
    const digits = phoneDigits(found);
    if (found !== '' && !/^0?\d{8,12}$/.test(digits)) this.wrong(field, '전화번호의 자릿수를 확인해 주세요.');
    return digits;
  }

  day(field: string, missing: string): string {
    const found = this.text(field, 30, missing);
    if (found !== '' && !isDay(found)) this.wrong(field, '없는 날짜입니다. 2026-11-21처럼 적어 주세요.');
    return isDay(found) ? found : '';
  }

  count(field: string): number {
    const found = plainNumber(text(this.typed, field));
    if (!/^\d{1,4}$/.test(found) || Number(found) === 0) this.wrong(field, '수량은 1부터 9,999까지입니다.');
    return Number(found) || 0;
  }

  won(field: string, missing = ''): number {
    const found = plainNumber(text(this.typed, field));
    if (found === '') {
      if (missing) this.wrong(field, missing);
      return 0;
    }
    if (!/^\d{1,10}$/.test(found)) this.wrong(field, '금액은 원 단위의 숫자로 적어 주세요.');
    return Number(found) || 0;
  }

  oneOf<T extends string>(field: string, values: readonly T[], missing: string): T {
    const found = text(this.typed, field) as T;
    if (!values.includes(found)) this.wrong(field, missing);
    return found;
  }

  id(field: string, missing: string): number {
    const found = text(this.typed, field);
    if (!/^\d{1,15}$/.test(found)) this.wrong(field, missing);
    return Number(found) || 0;
  }

  key(field: string): string {
    const found = text(this.typed, field);
    if (!/^[0-9a-f-]{36}$/.test(found))
      this.wrong('form', '이 주문서를 알아볼 수 없습니다. 주문서를 새로 열어 주세요.');
    return found;
  }
}

/** Thousands separators, the word 원 and full-width digits are how people write amounts. */
function plainNumber(typed: string): string {
  return typed.normalize('NFKC').replace(/[,\s]|원$/g, '');
}

function text(typed: Typed, field: string): string {
  return (typed[field] ?? '').normalize('NFC').replace(/\r\n/g, '\n').trim();
}
