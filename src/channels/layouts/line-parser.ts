import { type Kind, kinds } from '#lib/xlsx/index.ts';
import type { DeliveryMethod } from '#orders';
import type { Problem } from '../tables.ts';
import { type Places, placesOf } from './header.ts';
import type { Column, Layout, MallLine, Parsed, Standing } from './layout.ts';
import {
  idFault,
  plainNumber,
  plainText,
  readMoment,
  readPhone,
  readQuantity,
  readWon,
} from './values.rules.ts';

/** Reads the rows of one file: cells in the order of its header, and what the spreadsheet says they are. */
export class LineParser {
  readonly places: Places;
  private layout: Layout;
  private header: readonly string[];
  // The row at hand.
  private texts: readonly string[] = [];
  private kinds: readonly Kind[] = [];
  private problems: Problem[] = [];

  constructor(layout: Layout, header: readonly string[]) {
    this.layout = layout;
    this.header = header;
    this.places = placesOf(layout, header);
  }

  /** Never throws. Without `kinds`, for cells kept from an earlier reading, all are text. */
  parse(texts: readonly string[], kinds: readonly Kind[] = []): Parsed {
    this.texts = texts;
    this.kinds = kinds;
    this.problems = [];
    const line = this.line();
    return this.problems.length > 0 ? { problems: this.problems } : { line };
  }

  private line(): MallLine {
    const productName = this.needed('productName', 300);
    const optionText = this.text('option', 1000) ?? '';
    const { mallStatus, mallDetail, standing, acknowledgedAt } = this.standing();
    const { method, methodText } = this.method();
    const base = this.text('baseAddress', 500);
    const split = base !== undefined && base !== '';
    return {
      lineNo: this.neededId('lineNo'),
      orderNo: this.neededId('orderNo'),
      kind: this.layout.isAddon({
        kind: this.text('productKind', 60) ?? '',
        name: productName,
        option: optionText,
      })
        ? 'addon'
        : 'main',
      productNo: this.neededId('productNo'),
      productName,
      optionText,
      optionCode: this.text('optionCode', 200),
      sellerCode: this.text('sellerCode', 200),
      quantity: this.quantity(standing),
      amount: this.won('amount'),
      optionPrice: this.won('optionPrice'),
      unitPrice: this.won('unitPrice'),
      status: standing.status,
      claim: mallDetail === undefined ? undefined : standing.claim,
      mallStatus,
      mallDetail,
      method,
      methodText,
      courier: this.text('courier', 60),
      trackingNo: this.trackingNo(),
      bundleNo: this.id('bundleNo'),
      shippingFee: this.won('shippingFee'),
      buyerName: this.text('buyerName', 100),
      buyerId: this.text('buyerId', 60),
      buyerPhone: this.phone('buyerPhone'),
      recipientName: this.needed('recipientName', 100),
      recipientPhone: this.phone('recipientPhone'),
      recipientPhone2: this.phone('recipientPhone2'),
      postcode: this.text('postcode', 30),
      address: split ? base : this.needed('wholeAddress', 500),
      addressDetail: split ? this.text('detailAddress', 500) : '',
      memo: this.text('memo', 1000),
      orderedAt: this.moment('orderedAt'),
      paidAt: this.moment('paidAt'),
      shipBy: this.moment('shipBy'),
      wishedOn: this.moment('wishedOn'),
      acknowledgedAt,
      dispatchedAt: this.moment('dispatchedAt'),
    };
  }

  private standing() {
    const { layout } = this;
    const mallStatus = this.needed('status', 30);
    const mallDetail = this.text('detail', 30);
    const acknowledgedAt = this.moment('acknowledgedAt');
    const status = wordIn(layout.statuses, mallStatus);
    if (status === undefined) {
      if (mallStatus !== '') {
        const words = Object.keys(layout.statuses).join(', ');
        this.fault('status', `처음 보는 주문상태입니다. 읽을 수 있는 상태: ${words}`);
      }
      return { mallStatus, mallDetail, acknowledgedAt, standing: anyStanding };
    }
    const said = { status, detail: mallDetail ?? '', acknowledged: Boolean(acknowledgedAt) };
    const standing = layout.standing(said);
    if (!standing) this.fault('detail', '처음 보는 주문세부상태입니다. 관리자에게 알려 주세요.');
    return { mallStatus, mallDetail, acknowledgedAt, standing: standing ?? anyStanding };
  }

  private method(): { method: DeliveryMethod | undefined; methodText: string | undefined } {
    const methodText = this.text('method', 60);
    if (methodText === undefined) return { method: undefined, methodText };
    const method = methodText === '' ? 'none' : (wordIn(this.layout.methods, methodText) ?? 'other');
    return { method, methodText };
  }

  /** Nothing is left of a line only when it was taken back. */
  private quantity(standing: Standing): number {
    const text = this.needed('quantity', 30);
    if (text === '') return 0;
    const quantity = readQuantity(text);
    if (quantity === undefined) {
      this.fault('quantity', '수량은 0 이상의 정수여야 합니다.');
      return 0;
    }
    const mayBeZero =
      standing.status === 'cancelled' ||
      standing.status === 'returned' ||
      this.text('quantityClaim', 30) === 'Y';
    if (quantity === 0 && !mayBeZero) this.fault('quantity', '취소나 반품이 아닌 주문의 수량이 0입니다.');
    return quantity;
  }

  private neededId(column: Column): string {
    const id = this.id(column);
    if (!id) this.empty(column);
    return id ?? '';
  }

  private id(column: Column): string | undefined {
    const at = this.place(column);
    if (at === undefined) return undefined;
    const text = plainText(this.texts[at] ?? '');
    if (text === '' || this.isError(column, at)) return '';
    const isNumber = this.kinds[at] === kinds.number;
    const fault = idFault(text, isNumber);
    if (fault === undefined) return text;
    const plain = isNumber ? plainNumber(text) : text;
    // Some programs write every number as 8210034501.0, which loses nothing.
    if (/^\d+\.0+$/.test(text) && idFault(plain, isNumber) === undefined) return plain;
    this.fault(column, fault);
    return text;
  }

  private trackingNo(): string | undefined {
    const text = this.text('trackingNo', 60);
    if (text && /^\d+(\.\d+)?e[+-]?\d+$/i.test(this.raw('trackingNo')))
      this.fault('trackingNo', idFault('1e9', true)!);
    return text;
  }

  private needed(column: Column, longest: number): string {
    const text = this.text(column, longest);
    if (!text) this.empty(column);
    return text ?? '';
  }

  /** Undefined when the file has no such column. */
  private text(column: Column, longest: number): string | undefined {
    const at = this.place(column);
    if (at === undefined) return undefined;
    const raw = this.texts[at] ?? '';
    if (raw === '' || this.isError(column, at)) return '';
    const text = plainText(this.kinds[at] === kinds.number ? plainNumber(raw) : raw);
    if (text.length > longest) this.fault(column, `글이 너무 깁니다. ${longest}자까지 쓸 수 있습니다.`);
    return text;
  }

  private won(column: Column): number | undefined {
    const text = this.text(column, 60);
    if (text === undefined) return undefined;
    const amount = text === '' ? 0 : readWon(text);
    if (amount === undefined)
      this.fault(column, '금액을 읽을 수 없습니다. 1,290,000처럼 원 단위 정수여야 합니다.');
    return amount;
  }

  private phone(column: Column): string | undefined {
    const text = this.text(column, 200);
    return text && readPhone(text);
  }

  private moment(column: Column): string | null | undefined {
    const text = this.text(column, 60);
    if (text === undefined) return undefined;
    if (text === '') return null;
    const moment = readMoment(text);
    if (moment === undefined) {
      this.fault(column, '날짜를 읽을 수 없습니다. 2026-11-21 09:05처럼 실제로 있는 날짜여야 합니다.');
    }
    return moment ?? null;
  }

  /** Of the columns that may hold it, the first that is filled; undefined when the file has none. */
  private place(column: Column): number | undefined {
    const places = this.places[column];
    for (const at of places) {
      if ((this.texts[at] ?? '').trim() !== '') return at;
    }
    return places[0];
  }

  private raw(column: Column): string {
    const at = this.place(column);
    return at === undefined ? '' : (this.texts[at] ?? '').trim();
  }

  private isError(column: Column, at: number): boolean {
    if (this.kinds[at] !== kinds.error) return false;
    this.fault(column, '엑셀 오류 값입니다. 수식이 없는 원본 파일을 올려 주세요.');
    return true;
  }

  private empty(column: Column): void {
    const known = this.problems.some((problem) => problem.column === this.headerOf(column));
    if (!known) this.fault(column, '비어 있습니다. 이 값이 없으면 주문을 받을 수 없습니다.');
  }

  private fault(column: Column, reason: string): void {
    this.problems.push({ column: this.headerOf(column), value: this.raw(column), reason });
  }

  private headerOf(column: Column): string {
    const at = this.place(column);
    return (at === undefined ? undefined : this.header[at]) ?? this.layout.headers[column]?.[0] ?? column;
  }
}

/** Only what the layout names: a file may say `constructor`. */
function wordIn<T>(words: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

/** Stands in for what could not be read, in a row that is rejected for it. */
const anyStanding: Standing = { status: 'cancelled', claim: null };
