import { readFileSync } from 'node:fs';
import type { SmartStoreLine } from './smartstore-columns.ts';

export interface LineOptions {
  /** The same seed gives the same people and orders; seeds 1 to 8 never share an order number. */
  seed?: number;
  orders: number;
  /** Stops after this many lines, wherever the order stands. */
  lines?: number;
  /** The first day of orders, `2026-11-01`, and over how many days they come in. */
  from?: string;
  days?: number;
  /** The moment of the download, `2026-11-21 09:00:00`: later orders are not there yet, the others stand as they did. */
  asOf?: string;
}

/**
 * The lines of a synthetic bed shop's 발주발송관리, newest order first as the mall lists them and, inside an order,
 * from the highest line number down. A later download (`asOf`) of the same seed shows the same orders further on.
 */
export function* smartStoreLines(options: LineOptions): Generator<SmartStoreLine> {
  const { seed = 1, orders, lines = Infinity, from = '2026-11-01', days = 20 } = options;
  const start = wall(`${from} 00:00:00`);
  const asOf = options.asOf ? wall(options.asOf) : start + (days + 1) * day;
  let written = 0;
  for (let index = orders - 1; index >= 0; index -= 1) {
    const order = anOrder(seed, index, start + ((index + 0.5) / orders) * days * day);
    if (order.paidAt > asOf) continue;
    for (const line of order.lines.toReversed()) {
      if (written === lines) return;
      written += 1;
      yield row(order, line, asOf);
    }
  }
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

interface Home {
  buyer: string;
  buyerId: string;
  buyerPhone: string;
  recipient: string;
  recipientPhone: string;
  secondPhone: string;
  postcode: string;
  address: string;
  detail: string;
  memo: string;
}

interface Order {
  no: string;
  orderedAt: number;
  paidAt: number;
  wishedOn: number;
  home: Home;
  lines: Line[];
}

interface Line {
  no: string;
  bundleNo: string;
  productNo: string;
  name: string;
  addon: boolean;
  option: string;
  code: string;
  quantity: number;
  price: number;
  optionPrice: number;
  direct: boolean;
  fee: number;
  claim: '' | '취소' | '반품' | '교환';
  days: number;
}

/** Order `index` of a seed's shop; depends on nothing but its arguments. */
function anOrder(seed: number, index: number, around: number): Order {
  const dice = new Dice(seed, index);
  const orderedAt = Math.floor(around / day) * day + dice.hourOfDay() * hour + dice.below(3600) * 1000;
  const date = stamp(orderedAt).slice(0, 10).replaceAll('-', '');
  const number = (serial: number) => date + String(serial).padStart(8, '0');
  const serial = ((seed - 1) % 8) * 11_000_000 + 1_000_000;
  return {
    no: number(serial + index * 9 + dice.below(9)),
    orderedAt,
    paidAt: orderedAt + dice.below(180) * 1000,
    wishedOn: dice.chance(0.3) ? Math.floor(orderedAt / day) * day + (4 + dice.below(14)) * day : 0,
    home: homeOf(seed, index),
    lines: basketOf(dice).map((item, at) => ({
      ...item,
      no: number(serial + index * 90 + at * 10 + 1), // the mall counts up by ten, from a one
      bundleNo: number(99_999_999 - serial - index * 2 - (item.direct ? 0 : 1)),
    })),
  };
}

/** One order in twelve is a later one of a customer who ordered a little earlier, to the same home. */
function homeOf(seed: number, index: number): Home {
  const dice = new Dice(seed + 100, index);
  const back = 2 + dice.below(12);
  if (index >= back && dice.chance(1 / 12)) return homeOf(seed, index - back);
  return aHome(dice);
}

function aHome(dice: Dice): Home {
  const district = dice.one(districts());
  const postcode = String(district.from + dice.below(district.to - district.from + 1)).padStart(5, '0');
  const buyer = dice.one(surnames) + dice.one(givenNames);
  const self = dice.chance(0.6);
  const phone = `010-${dice.digits(4)}-${dice.digits(4)}`;
  return {
    buyer,
    buyerId: `${dice.one(['so', 'yo', 'mi', 'ha', 'ji', 'ku', 'el', 'no'])}****`,
    buyerPhone: phone,
    recipient: self ? buyer : dice.one(surnames) + dice.one(givenNames),
    recipientPhone: dice.chance(0.25)
      ? `0507-${dice.digits(4)}-${dice.digits(4)}`
      : self
        ? phone
        : `010-${dice.digits(4)}-${dice.digits(4)}`,
    secondPhone: dice.chance(0.15) ? `02-${dice.digits(3)}-${dice.digits(4)}` : '',
    postcode,
    address: [district.sido, district.sigungu, `${dice.one(roads)} ${1 + dice.below(280)}`]
      .filter(Boolean)
      .join(' '),
    detail: `${dice.one(estates)} ${101 + dice.below(20)}동 ${1 + dice.below(24)}0${1 + dice.below(6)}호`,
    memo: dice.chance(0.6) ? dice.one(memos) : '',
  };
}

type Item = Omit<Line, 'no' | 'bundleNo'>;

function basketOf(dice: Dice): Item[] {
  if (dice.chance(0.2)) return times(1 + dice.below(2), () => parcel(dice));
  const basket = [...furniture(dice, dice.one(beds))];
  if (dice.chance(0.3)) basket.push(...furniture(dice, dice.one(mattresses)));
  if (dice.chance(0.06)) basket.push(parcel(dice));
  return basket;
}

/** A bed or mattress and the add-ons that hang on it: they follow it, under its product number. */
function furniture(dice: Dice, product: Product): Item[] {
  const size = dice.one(product.sizes);
  const colour = product.colours ? ` / ${product.colourName}: ${dice.one(product.colours)}` : '';
  const claim = dice.claim();
  const days = 3 + dice.below(7);
  const main: Item = {
    productNo: product.no,
    name: product.name,
    addon: false,
    option: `${product.sizeName}: ${size.name}${colour}`,
    code: dice.chance(0.5) ? `${product.code}-${size.code}` : '',
    quantity: dice.chance(0.05) ? 2 : 1,
    price: product.price,
    optionPrice: size.extra,
    direct: true,
    fee: 30_000,
    claim,
    days,
  };
  const extras = dice.chance(0.35) ? times(1 + dice.below(2), () => dice.one(addons)) : [];
  return [
    main,
    ...extras.map((extra) => ({
      ...main,
      name: extra.name,
      addon: true,
      option: `${extra.group}: ${extra.name}`,
      code: '',
      quantity: 1,
      price: extra.price,
      optionPrice: 0,
      claim: dice.chance(0.02) && claim === '' ? '취소' : claim,
    })),
  ];
}

function parcel(dice: Dice): Item {
  const product = dice.one(smallGoods);
  return {
    productNo: product.no,
    name: product.name,
    addon: false,
    option: product.options ? dice.one(product.options) : '',
    code: '',
    quantity: 1 + dice.below(3),
    price: product.price,
    optionPrice: 0,
    direct: false,
    fee: 3_000,
    claim: dice.claim(),
    days: 1,
  };
}

/** The row of the export as it stood at `asOf`. */
function row(
  { no, orderedAt, paidAt, wishedOn, home, lines }: Order,
  line: Line,
  asOf: number,
): SmartStoreLine {
  const course = courseOf(line, paidAt, asOf);
  const total = (line.price + line.optionPrice) * line.quantity;
  const discount = Math.round((total * 0.05) / 10) * 10;
  const amount = total - discount;
  const person = course.masked ? masked(home) : home;
  const fullAddress = `${person.address} ${person.detail}`.trim();
  const code = line.code.replace(/-.*/, '');
  return {
    상품주문번호: line.no,
    주문번호: no,
    배송속성: wishedOn && line.direct ? '희망일배송' : '일반배송',
    '배송방법(구매자 요청)': line.direct ? '직접전달' : '택배,등기,소포',
    배송방법: line.direct ? '직접전달' : '택배,등기,소포',
    택배사: course.dispatchedAt && !line.direct ? 'CJ대한통운' : '',
    송장번호: course.dispatchedAt && !line.direct ? `6${line.no.slice(5)}` : '',
    발송일: course.dispatchedAt,
    판매채널: '스마트스토어',
    구매자명: person.buyer,
    구매자ID: home.buyerId,
    수취인명: person.recipient,
    주문상태: course.status,
    주문세부상태: course.detail,
    '수량클레임 여부': 'N',
    결제위치: Number(no.slice(-1)) % 3 ? '모바일' : 'PC',
    결제일: stamp(paidAt),
    상품번호: line.productNo,
    상품명: line.name,
    상품종류: line.addon ? '추가구성상품' : line.option ? '조합형옵션상품' : '단일상품',
    반품안심케어: 'N',
    멤버십N배송: 'N',
    옵션정보: line.option,
    옵션관리코드: line.code,
    수량: line.quantity,
    옵션가격: line.optionPrice,
    상품가격: line.price,
    '최종 상품별 할인액': discount,
    '최초 상품별 할인액': discount,
    '판매자 부담 할인액': discount,
    '최종 상품별 총 주문금액': amount,
    '최초 상품별 총 주문금액': amount,
    발주확인일: course.acknowledgedAt,
    발송기한: stamp(Math.floor(paidAt / day) * day + (line.direct ? 15 : 4) * day - 1000),
    발송처리일: course.dispatchedAt,
    '배송비 형태': '선결제',
    '배송비 묶음번호': line.bundleNo,
    '배송비 유형': '유료',
    '배송비 합계': line.fee,
    '제주/도서 추가배송비': home.address.startsWith('제주') ? 20_000 : 0,
    '배송비 할인액': 0,
    '판매자 상품코드': code,
    '판매자 내부코드1': lines.length > 1 ? '묶음' : '',
    수취인연락처1: person.recipientPhone,
    수취인연락처2: person.secondPhone,
    통합배송지: fullAddress,
    기본배송지: person.address,
    상세배송지: person.detail,
    구매자연락처: person.buyerPhone,
    우편번호: home.postcode,
    배송메세지: home.memo,
    출고지: '경기도 포천시 소흘읍 호국로 1200 (11168)',
    결제수단: '신용카드',
    '네이버페이 주문관리 수수료': -Math.round(amount * 0.0363),
    '매출연동 수수료': -Math.round(amount * 0.02),
    정산예정금액: amount - Math.round(amount * 0.0563),
    주문일시: stamp(orderedAt),
    배송희망일: wishedOn && line.direct ? stamp(wishedOn) : '',
  };
}

interface Course {
  status: string;
  detail: string;
  acknowledgedAt: string;
  dispatchedAt: string;
  masked: boolean;
}

/** How far a line has come at `asOf`. */
function courseOf(line: Line, paidAt: number, asOf: number): Course {
  const acknowledged = Math.floor(paidAt / day) * day + day + 9 * hour + (paidAt % (40 * minute));
  const sent =
    Math.floor(acknowledged / day) * day + (line.direct ? line.days * day + 8.5 * hour : 16 * hour);
  const arrived = line.direct ? sent + 7 * hour : sent + 22 * hour;
  const confirmed = arrived + 8 * day;
  const course: Course = {
    status: '발송대기',
    detail: '신규주문',
    acknowledgedAt: '',
    dispatchedAt: '',
    masked: false,
  };

  if (line.claim === '취소' && asOf > paidAt + 20 * hour) {
    return asOf > paidAt + 30 * hour
      ? { ...course, status: '취소', detail: '취소완료' }
      : { ...course, detail: '취소요청' };
  }
  if (asOf >= acknowledged)
    Object.assign(course, { detail: '발주확인', acknowledgedAt: stamp(acknowledged) });
  if (asOf >= sent) Object.assign(course, { status: '배송중', detail: '', dispatchedAt: stamp(sent) });
  if (asOf >= arrived) course.status = '배송완료';
  if (line.claim === '반품' || line.claim === '교환') {
    if (asOf >= arrived + 2 * day) course.detail = `${line.claim}요청`;
    if (asOf >= arrived + 3 * day) course.detail = '수거중';
    if (asOf >= arrived + 6 * day) Object.assign(course, { status: line.claim, detail: `${line.claim}완료` });
  } else if (asOf >= confirmed) {
    course.status = '구매확정';
  }
  return { ...course, masked: asOf >= confirmed + 30 * day };
}

/** What the mall leaves of a person some weeks after the deal is closed. */
function masked(home: Home): Home {
  const name = (text: string) => `${text.slice(0, 1)}*${text.slice(2)}`;
  const phone = (text: string) => text.replace(/-\d{3,4}-/, '-****-');
  return {
    ...home,
    buyer: name(home.buyer),
    recipient: name(home.recipient),
    buyerPhone: phone(home.buyerPhone),
    recipientPhone: phone(home.recipientPhone),
    secondPhone: phone(home.secondPhone),
    address: home.address.replace(/ [^ ]+ [^ ]+$/, ' ***'),
    detail: '',
  };
}

/** Repeatable chance: mulberry32 started from a seed and a place. */
class Dice {
  private state: number;

  constructor(seed: number, place: number) {
    this.state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(place + 1, 0x85ebca6b)) | 0;
  }

  roll(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.roll() * limit);
  }

  chance(share: number): boolean {
    return this.roll() < share;
  }

  one<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  digits(count: number): string {
    return String(this.below(10 ** count)).padStart(count, '0');
  }

  /** Few at night, most in the evening. */
  hourOfDay(): number {
    return Math.max(this.below(24), this.below(24));
  }

  claim(): Line['claim'] {
    const roll = this.roll();
    if (roll < 0.04) return '취소';
    if (roll < 0.065) return '반품';
    return roll < 0.075 ? '교환' : '';
  }
}

/** Korean wall time as if it were UTC, so that a day is always 24 hours of milliseconds. */
function wall(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}

function stamp(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

interface District {
  from: number;
  to: number;
  sido: string;
  sigungu: string;
}

let known: District[] | undefined;

/** Every range of the postal table, the crowded regions more than once. */
function districts(): District[] {
  known ??= readFileSync(new URL('./regions/postal-districts.csv', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((text) => text.split(','))
    .map(([from, to, sido, sigungu]) => ({
      from: Number(from),
      to: Number(to),
      sido: sido!,
      sigungu: sigungu!,
    }))
    .flatMap((district) => times(crowded.has(district.sido) ? 4 : 1, () => district));
  return known;
}

const crowded = new Set(['서울특별시', '인천광역시', '부산광역시']);

interface Product {
  no: string;
  code: string;
  name: string;
  price: number;
  sizeName: string;
  sizes: readonly { name: string; code: string; extra: number }[];
  colourName?: string;
  colours?: readonly string[];
}

const bySize = (names: Record<string, string>) =>
  Object.entries(names).map(([code, name], at) => ({ code, name, extra: at * 90_000 }));
const plainSizes = bySize({ S: '싱글(S)', SS: '슈퍼싱글(SS)', Q: '퀸(Q)', K: '킹(K)' });
const frameSizes = bySize({ SS: '슈퍼싱글(매트제외)', Q: '퀸(매트제외)', K: '킹(매트제외)' });
const setSizes = bySize({ SS: 'SS 프레임+매트리스', Q: 'Q 프레임+매트리스', K: 'K 프레임+매트리스' });
const woods = ['내츄럴원목', '월넛', '화이트'];

const beds: readonly Product[] = [
  {
    no: '8210034501',
    code: 'FR-OAK',
    name: '모아 오크 원목 평상형 침대프레임',
    price: 389_000,
    sizeName: '침대프레임 사이즈',
    sizes: frameSizes,
    colourName: '색상 옵션',
    colours: woods,
  },
  {
    no: '8210034502',
    code: 'FR-LED',
    name: '모아 LED 헤드 수납 침대 프레임',
    price: 459_000,
    sizeName: '사이즈',
    sizes: plainSizes,
    colourName: '색상',
    colours: woods,
  },
  {
    no: '8210034503',
    code: 'FR-LOW',
    name: '모아 저상형 패밀리 침대',
    price: 529_000,
    sizeName: '사이즈 (가로폭+길이)',
    sizes: plainSizes,
  },
  {
    no: '8210034504',
    code: 'ST-HTL',
    name: '모아 호텔 침대 세트',
    price: 890_000,
    sizeName: '구성',
    sizes: setSizes,
    colourName: '원단',
    colours: ['라이트그레이', '베이지', '차콜'],
  },
  {
    no: '8210034505',
    code: 'FR-BNK',
    name: '모아 원목 2층 침대',
    price: 720_000,
    sizeName: '사이즈',
    sizes: plainSizes.slice(0, 2),
  },
];

const mattresses: readonly Product[] = [
  {
    no: '8210034601',
    code: 'MT-BON',
    name: '모아 포근 본넬 매트리스',
    price: 210_000,
    sizeName: '사이즈',
    sizes: plainSizes,
  },
  {
    no: '8210034602',
    code: 'MT-IND',
    name: '모아 독립스프링 7존 매트리스',
    price: 420_000,
    sizeName: '사이즈',
    sizes: plainSizes,
    colourName: '경도',
    colours: ['소프트', '미디엄', '하드'],
  },
  {
    no: '8210034603',
    code: 'MT-LTX',
    name: '모아 천연 라텍스 매트리스 20cm',
    price: 680_000,
    sizeName: '매트리스 사이즈',
    sizes: plainSizes,
  },
];

const addons = [
  { group: '추가상품', name: '방수 매트리스 커버', price: 39_000 },
  { group: '추가상품', name: '침대 협탁 1단', price: 79_000 },
  { group: '설치 서비스', name: '기존 침대 수거', price: 40_000 },
  { group: '설치 서비스', name: '사다리차 (2~5층)', price: 90_000 },
  { group: '깔판 선택', name: '원목 갈빗살 깔판', price: 55_000 },
] as const;

const smallGoods: readonly { no: string; name: string; price: number; options?: readonly string[] }[] = [
  {
    no: '8210034701',
    name: '모아 경추 메모리폼 베개',
    price: 32_000,
    options: ['색상: 화이트', '색상: 그레이'],
  },
  {
    no: '8210034702',
    name: '모아 알러지케어 매트리스 커버',
    price: 45_000,
    options: ['사이즈: 슈퍼싱글(SS)', '사이즈: 퀸(Q)', '사이즈: 킹(K)'],
  },
  {
    no: '8210034703',
    name: '모아 사계절 토퍼 5cm',
    price: 89_000,
    options: ['사이즈: 싱글(S) / 색상: 네이비', '사이즈: 퀸(Q) / 색상: 아이보리'],
  },
  { no: '8210034704', name: '모아 침대 헤드 쿠션', price: 28_000 },
];

const surnames = [...'김이박최정강조윤장임한오서신권황안송류홍전고문양손배백허남심'];
const givenNames = [
  '민준',
  '서연',
  '도윤',
  '하은',
  '지호',
  '수빈',
  '예준',
  '지우',
  '현우',
  '채원',
  '은지',
  '성민',
  '미경',
  '영수',
  '정희',
  '태양',
  '보라',
  '슬기',
  '준서',
  '다은',
  '유진',
  '상철',
  '혜린',
  '동현',
];
const roads = [
  '중앙로',
  '한빛로',
  '솔숲로',
  '미래로',
  '달맞이길',
  '새마을로',
  '은행나무로',
  '청솔로12번길',
  '햇살로',
  '강변로',
  '학동로',
  '역전로',
];
const estates = [
  '푸른마을아파트',
  '한솔빌라',
  '모아시티',
  '은하수아파트',
  '새봄주택',
  '더샵파크',
  '현대홈타운',
  '다온오피스텔',
];
const memos = [
  '배송 전에 꼭 연락 주세요.',
  '부재 시 경비실에 맡겨 주세요.',
  '문 앞에 놓아 주세요',
  '엘리베이터 있습니다. 오후 2시 이후 방문 부탁드립니다',
  '사다리차 필요합니다 (4층, 엘리베이터 없음)',
  '이사 날짜가 바뀔 수 있어요 / 전화 주세요',
  '공동현관 비밀번호는 전화로 알려드릴게요',
  '기존 침대 수거 부탁드려요^^',
];
