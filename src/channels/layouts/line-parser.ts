import type { Kind } from '#lib/xlsx/index.ts';
import type { DeliveryMethod } from '#orders';
import type { Places } from './header.ts';
import {
  type Layout,
  type MallLine,
  nothingDecided,
  type Parsed,
  type Standing,
  type Ways,
} from './layout.ts';
import { RowCells } from './row-cells.ts';
import { readStanding, wordIn } from './standing.ts';
import { idFault, readQuantity } from './values.rules.ts';

/** Reads the rows of one file: cells in the order of its header, and what the spreadsheet says they are. */
export class LineParser {
  private layout: Layout;
  private ways: Ways;
  private row: RowCells;
  private phonesShare: boolean;

  constructor(layout: Layout, header: readonly string[], ways: Ways = nothingDecided) {
    this.layout = layout;
    this.ways = ways;
    this.row = new RowCells(layout, header);
    const { recipientPhone, recipientPhone2 } = this.places;
    this.phonesShare = recipientPhone2.some((at) => recipientPhone.includes(at));
  }

  get places(): Places {
    return this.row.places;
  }

  /** Never throws. Without `kinds`, for cells kept from an earlier reading, all are text. */
  parse(texts: readonly string[], kinds: readonly Kind[] = []): Parsed {
    this.row.turnTo(texts, kinds);
    const line = this.line();
    const { problems } = this.row;
    return problems.length > 0 ? { problems } : { line };
  }

  private line(): MallLine {
    const { layout } = this;
    const productName = this.row.needed('productName', 300);
    const optionText = this.optionText();
    const { mallStatus, mallDetail, standing, acknowledgedAt, dispatchedAt } = readStanding(
      this.row,
      layout,
      this.ways,
    );
    const { method, methodText } = this.method();
    const trackingNo = this.trackingNo();
    const orderNo = this.row.neededId('orderNo');
    const { address, addressDetail } = this.address();
    return {
      tells: layout.tells,
      lineNo: this.lineNo(),
      orderNo,
      kind: layout.isAddon({
        kind: this.row.text('productKind', 60) ?? '',
        name: productName,
        option: optionText,
      })
        ? 'addon'
        : 'main',
      productNo: this.row.neededId('productNo'),
      productName,
      optionText,
      optionCode: this.row.text('optionCode', 200),
      sellerCode: this.row.text('sellerCode', 200),
      quantity: this.quantity(standing),
      amount: this.row.won('amount'),
      optionPrice: this.row.won('optionPrice'),
      unitPrice: this.row.won('unitPrice'),
      status: standing.status,
      claim: standing.claim,
      mallStatus,
      mallDetail,
      method,
      methodText,
      usualMethod: trackingNo ? 'courier' : this.ways.usualMethod,
      courier: layout.courierIsPrefilled && !trackingNo ? undefined : this.row.text('courier', 60),
      trackingNo,
      bundleNo: layout.bundleWithinOrder ? this.bundleWithin(orderNo) : this.bundleNo(),
      shippingFee: this.row.won('shippingFee'),
      buyerName: this.row.text('buyerName', 100),
      buyerId: this.row.text('buyerId', 60),
      buyerPhone: this.row.phone('buyerPhone'),
      recipientName:
        address === '' && layout.addressMayCome
          ? (this.row.text('recipientName', 100) ?? '')
          : this.row.needed('recipientName', 100),
      recipientPhone: this.row.phone('recipientPhone'),
      recipientPhone2: this.secondPhone(),
      postcode: this.row.text('postcode', 30),
      address,
      addressDetail,
      memo: this.row.text('memo', 1000),
      orderedAt: this.row.moment('orderedAt'),
      paidAt: this.row.moment('paidAt'),
      shipBy: this.row.moment('shipBy'),
      wishedOn: this.row.moment('wishedOn'),
      acknowledgedAt,
      dispatchedAt,
    };
  }

  private lineNo(): string {
    const number = this.row.neededId('lineNo');
    if (!this.layout.headers.lineSerial) return number;
    const whole = `${number}-${this.row.neededId('lineSerial')}`;
    if (whole.length > longestId) this.row.fault('lineSerial', '주문을 가리는 번호가 너무 깁니다.');
    return whole;
  }

  private optionText(): string {
    const option = this.row.text('option', 1000) ?? '';
    const extras = this.row.text('extras', 1000);
    if (!extras) return option;
    const whole = `${option}${option && ' / '}${this.row.headerOf('extras')}: ${extras}`;
    if (whole.length > 1000)
      this.row.fault('extras', '글이 너무 깁니다. 옵션과 더해 1,000자까지 쓸 수 있습니다.');
    return whole;
  }

  /** A gift may have no address yet; anybody else without one cannot be delivered to. */
  private address(): Pick<MallLine, 'address' | 'addressDetail'> {
    const base = this.row.text('baseAddress', 500);
    if (base) return { address: base, addressDetail: this.row.text('detailAddress', 500) };
    const address = this.layout.addressMayCome
      ? (this.row.text('wholeAddress', 500) ?? '')
      : this.row.needed(this.places.wholeAddress.length > 0 ? 'wholeAddress' : 'baseAddress', 500);
    return { address, addressDetail: '' };
  }

  /** Zeros and dashes stand for none: they would send everything to one home. */
  private bundleNo(): string | undefined {
    const number = this.row.id('bundleNo');
    return number && /^[0-]+$/.test(number) ? '' : number;
  }

  private bundleWithin(orderNo: string): string | undefined {
    const group = this.row.text('bundleNo', 200);
    if (!group) return group;
    const whole = `${orderNo}-${group}`;
    return /^[\w-]+$/.test(whole) && whole.length <= longestId ? whole : '';
  }

  private method(): { method: DeliveryMethod | undefined; methodText: string | undefined } {
    const methodText = this.row.text('method', 60);
    if (methodText === undefined) return { method: undefined, methodText };
    // a mall other than SmartStore that leaves it empty has not said anything
    if (methodText === '' && this.layout.courierIsPrefilled)
      return { method: undefined, methodText: undefined };
    const method = methodText === '' ? 'none' : (wordIn(this.layout.methods, methodText) ?? 'other');
    return { method, methodText };
  }

  /** Nothing is left of a line only when it was taken back. */
  private quantity(standing: Standing): number {
    const text = this.row.needed('quantity', 30);
    if (text === '' || this.layout.tells === 'standing') return readQuantity(text) ?? 0;
    const quantity = readQuantity(text);
    if (quantity === undefined) {
      this.row.fault('quantity', '수량은 0 이상의 정수여야 합니다.');
      return 0;
    }
    const mayBeZero =
      standing.status === 'cancelled' ||
      standing.status === 'returned' ||
      this.row.text('quantityClaim', 30) === 'Y';
    if (quantity === 0 && !mayBeZero) this.row.fault('quantity', '취소나 반품이 아닌 주문의 수량이 0입니다.');
    return quantity;
  }

  private trackingNo(): string | undefined {
    const text = this.row.text('trackingNo', 60);
    if (text && /^\d+(\.\d+)?e[+-]?\d+$/i.test(this.row.raw('trackingNo')))
      this.row.fault('trackingNo', idFault('1e9', true)!);
    return text;
  }

  /** The second of two numbers; '' where one column had to serve for both. */
  private secondPhone(): string | undefined {
    const same = this.phonesShare && this.row.place('recipientPhone') === this.row.place('recipientPhone2');
    return same ? '' : this.row.phone('recipientPhone2');
  }
}

/** As long as the database's own column for a line's number. */
const longestId = 40;
