import { type Kind, kinds } from '#lib/xlsx/index.ts';
import { type Claim, claims, type DeliveryMethod } from '#orders';
import type { Problem } from '../tables.ts';
import { headerTexts, type Places, placesOf } from './header.ts';
import {
  type Column,
  type Layout,
  type MallLine,
  type MallStatus,
  type Meaning,
  nothingDecided,
  type Parsed,
  type Standing,
  type Ways,
  type WordField,
} from './layout.ts';
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
  private ways: Ways;
  private needs: ReadonlySet<Column>;
  private phonesShare: boolean;
  // The row at hand.
  private texts: readonly string[] = [];
  private kinds: readonly Kind[] = [];
  private problems: Problem[] = [];

  constructor(layout: Layout, header: readonly string[], ways: Ways = nothingDecided) {
    this.layout = layout;
    this.header = header;
    this.ways = ways;
    this.places = placesOf(layout, headerTexts(header));
    this.needs = new Set(layout.required.flat());
    const { recipientPhone, recipientPhone2 } = this.places;
    this.phonesShare = recipientPhone2.some((at) => recipientPhone.includes(at));
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
    const { layout } = this;
    const productName = this.needed('productName', 300);
    const optionText = this.optionText();
    const { mallStatus, mallDetail, standing, acknowledgedAt, dispatchedAt } = this.standing();
    const { method, methodText } = this.method();
    const trackingNo = this.trackingNo();
    const orderNo = this.neededId('orderNo');
    const { address, addressDetail } = this.address();
    return {
      tells: layout.tells,
      lineNo: this.lineNo(),
      orderNo,
      kind: layout.isAddon({
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
      claim: standing.claim,
      mallStatus,
      mallDetail,
      method,
      methodText,
      usualMethod: trackingNo ? 'courier' : this.ways.usualMethod,
      courier: layout.courierIsPrefilled && !trackingNo ? undefined : this.text('courier', 60),
      trackingNo,
      bundleNo: layout.bundleWithinOrder ? this.bundleWithin(orderNo) : this.bundleNo(),
      shippingFee: this.won('shippingFee'),
      buyerName: this.text('buyerName', 100),
      buyerId: this.text('buyerId', 60),
      buyerPhone: this.phone('buyerPhone'),
      recipientName:
        address === '' && layout.addressMayCome
          ? (this.text('recipientName', 100) ?? '')
          : this.needed('recipientName', 100),
      recipientPhone: this.phone('recipientPhone'),
      recipientPhone2: this.secondPhone(),
      postcode: this.text('postcode', 30),
      address,
      addressDetail,
      memo: this.text('memo', 1000),
      orderedAt: this.moment('orderedAt'),
      paidAt: this.moment('paidAt'),
      shipBy: this.moment('shipBy'),
      wishedOn: this.moment('wishedOn'),
      acknowledgedAt,
      dispatchedAt,
    };
  }

  private lineNo(): string {
    const number = this.neededId('lineNo');
    if (!this.layout.headers.lineSerial) return number;
    const whole = `${number}-${this.neededId('lineSerial')}`;
    if (whole.length > longestId) this.fault('lineSerial', '주문을 가리는 번호가 너무 깁니다.');
    return whole;
  }

  private optionText(): string {
    const option = this.text('option', 1000) ?? '';
    const extras = this.text('extras', 1000);
    if (!extras) return option;
    const whole = `${option}${option && ' / '}${this.headerOf('extras')}: ${extras}`;
    if (whole.length > 1000)
      this.fault('extras', '글이 너무 깁니다. 옵션과 더해 1,000자까지 쓸 수 있습니다.');
    return whole;
  }

  /** A gift may have no address yet; anybody else without one cannot be delivered to. */
  private address(): Pick<MallLine, 'address' | 'addressDetail'> {
    const base = this.text('baseAddress', 500);
    if (base) return { address: base, addressDetail: this.text('detailAddress', 500) };
    const address = this.layout.addressMayCome
      ? (this.text('wholeAddress', 500) ?? '')
      : this.needed(this.places.wholeAddress.length > 0 ? 'wholeAddress' : 'baseAddress', 500);
    return { address, addressDetail: '' };
  }

  /** Zeros and dashes stand for none: they would send everything to one home. */
  private bundleNo(): string | undefined {
    const number = this.id('bundleNo');
    return number && /^[0-]+$/.test(number) ? '' : number;
  }

  private bundleWithin(orderNo: string): string | undefined {
    const group = this.text('bundleNo', 200);
    if (!group) return group;
    const whole = `${orderNo}-${group}`;
    return /^[\w-]+$/.test(whole) && whole.length <= longestId ? whole : '';
  }

  private standing() {
    const mallStatus = this.text('status', 30);
    if (!mallStatus && this.needs.has('status')) this.empty('status');
    const mallDetail = this.text('detail', 30);
    const [acknowledgedAt, dispatchedAt] = [this.moment('acknowledgedAt'), this.moment('dispatchedAt')];
    const told = { mallStatus, mallDetail, acknowledgedAt, dispatchedAt };
    const meaning = mallStatus ? this.statusMeaning(mallStatus) : undefined;
    if (mallStatus && !meaning && !this.ways.lenient) return { ...told, standing: anyStanding };
    const said = {
      status: isClaim(meaning) ? undefined : meaning,
      claim: isClaim(meaning) ? meaning : undefined,
      detail: mallDetail,
      partial: this.text('quantityClaim', 30) === 'Y' && this.raw('quantity') !== '0',
      acknowledged: Boolean(acknowledgedAt),
      dispatched: Boolean(dispatchedAt),
      delivered: Boolean(this.moment('deliveredAt')),
      confirmed: Boolean(this.moment('confirmedAt')),
    };
    const standing = this.decidedDetail(mallDetail, said.status) ?? this.layout.standing(said);
    if (!standing && !this.ways.lenient) {
      const reason = '처음 보는 주문세부상태입니다. 뜻을 정하면 이 행도 들어옵니다.';
      this.fault('detail', reason, { field: 'detail', word: mallDetail! });
    }
    return { ...told, standing: standing ?? (this.ways.lenient ? noStanding : anyStanding) };
  }

  /** Undefined, with a fault, for a word that nobody has explained or that is to be left out. */
  private statusMeaning(word: string): Exclude<Meaning, 'plain' | 'ignored'> | undefined {
    const { layout, ways } = this;
    const meaning = ways.words.status.get(word) ?? wordIn(layout.statuses, word.replace(/\s+/g, ''));
    if (ways.lenient && (meaning === undefined || meaning === 'ignored')) return undefined;
    if (meaning === 'ignored') this.leaveOut('status');
    else if (meaning === undefined || meaning === 'plain') {
      const reason = '처음 보는 주문상태입니다. 뜻을 정하면 이 행도 들어옵니다.';
      this.fault('status', reason, { field: 'status', word });
    } else return meaning;
    return undefined;
  }

  /** What a person said the detail means, when a person had to say it. */
  private decidedDetail(word: string | undefined, status: MallStatus | undefined): Standing | undefined {
    const meaning = word ? this.ways.words.detail.get(word) : undefined;
    if (meaning === undefined) return undefined;
    if (meaning === 'ignored' && !this.ways.lenient) this.leaveOut('detail');
    if (meaning === 'plain' || meaning === 'ignored') return { status, claim: null };
    return isClaim(meaning) ? { status, claim: meaning } : { status: meaning, claim: null };
  }

  private leaveOut(column: WordField): void {
    this.fault(column, '가져오지 않기로 정한 말입니다.');
  }

  private method(): { method: DeliveryMethod | undefined; methodText: string | undefined } {
    const methodText = this.text('method', 60);
    if (methodText === undefined) return { method: undefined, methodText };
    // a mall other than SmartStore that leaves it empty has not said anything
    if (methodText === '' && this.layout.courierIsPrefilled)
      return { method: undefined, methodText: undefined };
    const method = methodText === '' ? 'none' : (wordIn(this.layout.methods, methodText) ?? 'other');
    return { method, methodText };
  }

  /** Nothing is left of a line only when it was taken back. */
  private quantity(standing: Standing): number {
    const text = this.needed('quantity', 30);
    if (text === '' || this.layout.tells === 'standing') return readQuantity(text) ?? 0;
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
    if (!id && this.needs.has(column)) this.empty(column);
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
    if (!text && this.needs.has(column)) this.empty(column);
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

  /** The second of two numbers; '' where one column had to serve for both. */
  private secondPhone(): string | undefined {
    const same = this.phonesShare && this.place('recipientPhone') === this.place('recipientPhone2');
    return same ? '' : this.phone('recipientPhone2');
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

  private fault(column: Column, reason: string, unknown?: Problem['unknown']): void {
    const problem: Problem = { column: this.headerOf(column), value: this.raw(column), reason };
    this.problems.push(unknown ? { ...problem, unknown } : problem);
  }

  private headerOf(column: Column): string {
    const at = this.place(column);
    return (at === undefined ? undefined : this.header[at]) ?? this.layout.headers[column]?.[0] ?? column;
  }
}

/** As long as the database's own column for a line's number. */
const longestId = 40;

function isClaim(meaning: Meaning | undefined): meaning is Claim {
  return meaning !== undefined && (claims as readonly string[]).includes(meaning);
}

/** Only what the layout names: a file may say `constructor`. */
function wordIn<T>(words: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

/** Stands in for what could not be read, in a row that is rejected for it. */
const anyStanding: Standing = { status: 'cancelled', claim: null };

const noStanding: Standing = { status: undefined, claim: undefined };
