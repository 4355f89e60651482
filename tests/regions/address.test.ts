import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { checkAddress, readAddress } from '../../src/regions/address.rules.ts';
import type { RegionBook } from '../../src/regions/book.rules.ts';
import { classifyPostcode } from '../../src/regions/postcode.rules.ts';
import { seedBook } from './seed-book.ts';

let book: RegionBook;
before(async () => {
  book = await seedBook();
});

function read(address: string): string {
  const reading = readAddress(address, book);
  return reading ? `${reading.sido}|${reading.sigungu}` : 'unreadable';
}

function check(code: string, address: string): string {
  return checkAddress(classifyPostcode(code, book), address, book).agreement;
}

function reads(expected: string, addresses: string[]): void {
  for (const address of addresses) assert.equal(read(address), expected, address);
}

function all(agreement: string, pairs: [code: string, address: string][]): void {
  for (const [code, address] of pairs) assert.equal(check(code, address), agreement, `${code} ${address}`);
}

test('a 시도 may be written in full, short or by its older name', () => {
  reads('서울특별시|강남구', ['서울특별시 강남구 테헤란로 152', '서울 강남구 역삼동', '서울시 강남구']);
  reads('강원특별자치도|춘천시', ['강원특별자치도 춘천시 중앙로', '강원도 춘천시', '강원 춘천시']);
  reads('전북특별자치도|김제시', ['전라북도 김제시', '전북 김제시', '전북특별자치도 김제시']);
  reads('전남광주통합특별시|여수시', ['전라남도 여수시', '전남 여수시', '전남광주통합특별시 여수시']);
});

test('a ward is read with its city, with the city shortened, without the city, and without spaces', () => {
  reads('경기도|수원시 장안구', [
    '경기도 수원시 장안구 조원동 881',
    '경기 수원 장안구',
    '경기 장안구 조원로',
    '경기도수원시장안구조원동',
    '경기 수원시장안구',
    '수원시 장안구 조원로',
    '수원 장안구',
    '장안구 조원로 12',
  ]);
  reads('경기도|성남시 분당구', ['경기도 성남시 분당 판교역로', '경기 성남 분당 판교역로']);
});

test('a city without its ward is read as the city', () => {
  reads('경기도|수원시', [
    '경기도 수원시 조원로',
    '수원시 조원로',
    '경기 수원 조원로',
    '경기 수원시 장안동 3',
  ]);
});

test('a district without a 시도 is read when only one has the name', () => {
  reads('서울특별시|마포구', ['마포구 월드컵로 1']);
  reads('제주특별자치도|제주시', ['제주시 애월읍', '제주 제주시 애월읍', '제주도 제주시']);
  reads('부산광역시|부산진구', ['부산진구 중앙대로', '부산 부산진구']);
  reads('|', ['중구 을지로 1', '남구 1번길', '고성군 간성읍']);
});

test('세종 is read with no 시군구', () => {
  reads('세종특별자치시|', [
    '세종특별자치시 한누리대로 2130',
    '세종시 조치원읍',
    '세종 나성동',
    '세종특별자치시나성동',
  ]);
});

test('a word that only begins like a place is not a place', () => {
  reads('unreadable', [
    '세종대로 110',
    '부산갈매기 횟집',
    '서울숲길 3',
    '대구탕 골목',
    '',
    '   ',
    'Gangnam-gu, Seoul',
    '***',
  ]);
});

test('a postal code, the country, brackets and doubled names before the address are passed over', () => {
  reads('서울특별시|강남구', [
    '(06236) 서울특별시 강남구',
    '06236 서울 강남구',
    '우)06236 서울 강남구',
    '[135-080] 서울 강남구',
    '대한민국 서울특별시 강남구',
    '서울 서울특별시 강남구',
    '서울특별시\u00a0강남구',
    '서울특별시, 강남구',
    '서울특별시 강남구'.normalize('NFD'),
  ]);
});

test('names before a change are read as those of today', () => {
  reads('대구광역시|군위군', ['경상북도 군위군 군위읍', '경북 군위군', '대구 군위군', '군위군 효령면']);
  reads('인천광역시|미추홀구', ['인천광역시 남구 주안동', '인천 남구']);
  reads('인천광역시|제물포구', ['인천광역시 동구 송림동']);
  reads('인천광역시|', ['인천 중구 신포동', '인천 서구 가정동']);
  reads('경상남도|창원시 진해구', ['경남 진해시 용원동']);
  reads('세종특별자치시|', ['충남 연기군 조치원읍']);
  reads('전남광주통합특별시|북구', ['광주광역시 북구 용봉동', '광주특별시 북구']);
});

test('광주 with one of the five wards is the metropolis, and with a 읍, 면 or 동 the city in 경기도', () => {
  reads('전남광주통합특별시|광산구', [
    '광주 광산구',
    '광주시 광산구',
    '광주시광산구 수완동',
    '광주광역시 광산구',
  ]);
  reads('경기도|광주시', [
    '광주시 오포읍',
    '광주 퇴촌면',
    '광주시 역동',
    '경기 광주시 역동',
    '경기도 광주 역동',
  ]);
});

test('광주 alone agrees with a code of either, a 읍 only with 경기도', () => {
  all('agrees', [
    ['61949', '광주 치평동 1200'],
    ['12750', '광주 경안로 1'],
    ['12750', '광주시 경안동'],
  ]);
  all('differs', [
    ['61949', '광주시 오포읍'],
    ['12750', '광주시 서구 치평동'],
    ['48094', '광주시 경안동'],
  ]);
});

test('an address of the same district agrees', () => {
  all('agrees', [
    ['06236', '서울 강남구 테헤란로 152'],
    ['30151', '세종 나성동'],
    ['04524', '중구 세종대로 110'],
    ['06236', '서울 역삼동'],
  ]);
});

test('honest old names agree with the code of today', () => {
  all('agrees', [
    ['59650', '전라남도 여수시'],
    ['61949', '광주광역시 서구 치평동'],
    ['24266', '강원도 춘천시'],
    ['54870', '전라북도 전주시 덕진구'],
    ['22203', '인천 남구 주안동'],
    ['22320', '인천광역시 중구 신포동'],
    ['22382', '인천광역시 중구 운서동'],
    ['22520', '인천 동구 송림동'],
    ['22600', '인천 서구 왕길동'],
    ['22700', '인천 서구 가정동'],
    ['43116', '경북 군위군 군위읍'],
    ['39016', '경상북도 군위군'],
    ['39016', '대구 군위군'],
    ['18300', '경기도 화성시 봉담읍'],
    ['14540', '경기도 부천시 길주로'],
    ['30003', '충남 연기군 조치원읍'],
    ['51315', '경남 마산시 회원구'],
    ['51255', '마산시 합포구'],
    ['28714', '충북 청원군 남일면'],
  ]);
});

test('an address elsewhere differs', () => {
  all('differs', [
    ['06236', '부산 해운대구 우동'],
    ['06236', '부산광역시'],
    ['06236', '서울 서초구 서초동'],
    ['13508', '서울 강남구 청담동'],
    ['07505', '부산 강서구 명지동'],
    ['16200', '경기 수원시 영통구'],
    ['54000', '경북 군위군'],
    ['30151', '충북 청주시 흥덕구'],
    ['06236', '중구'],
    ['22203', '인천 서구'],
  ]);
});

test('a district its 시도 does not have says nothing, unless the 시도 is another too', () => {
  assert.equal(check('06236', '서울 해운대구 우동'), 'unreadable');
  assert.equal(check('48094', '서울 해운대구 우동'), 'differs');
});

test('without a region of the code there is nothing to compare', () => {
  for (const code of ['', '135-080', '12', '99999']) {
    const result = checkAddress(classifyPostcode(code, book), '서울 강남구', book);
    assert.deepEqual(result, {
      addressSido: '서울특별시',
      addressSigungu: '강남구',
      agreement: 'unreadable',
    });
  }
});

test('every district of the book agrees with all its own codes, however it is written', () => {
  for (const range of book.ranges) {
    const [city, ward = ''] = range.sigungu.split(' ');
    const aliases = [...book.names.sido].filter(([, sido]) => sido === range.sido).map(([alias]) => alias);
    for (const alias of aliases) {
      for (const address of [
        `${alias} ${range.sigungu} 가나로 1`,
        `${alias} ${city} 가나로 1`,
        `${alias}${city}${ward} 가나로 1`,
        `${alias} ${ward || city} 가나로 1`,
      ]) {
        assert.equal(check(range.from, address), 'agrees', `${range.from} ${address}`);
      }
    }
  }
});

test('two different districts of the book differ, unless a code is shared or a city stands alone', () => {
  const districts = [...new Map(book.ranges.map((range) => [range.sido + range.sigungu, range])).values()];
  fc.assert(
    fc.property(fc.constantFrom(...book.ranges), fc.constantFrom(...districts), (range, other) => {
      fc.pre(range.sido !== other.sido || range.sigungu.split(' ')[0] !== other.sigungu.split(' ')[0]);
      fc.pre(!book.shared.some((span) => span.from <= range.from && range.from <= span.to));
      assert.equal(check(range.from, `${other.sido} ${other.sigungu} 가나로 1`), 'differs');
    }),
    { numRuns: 2000 },
  );
});

test('reading an address never throws', () => {
  const word = fc.constantFrom(
    '서울',
    '광주',
    '광주시',
    '수원시',
    '장안구',
    '세종',
    '제주',
    '동',
    ' ',
    '(',
    '12345',
    '읍',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word).map((words) => words.join('')),
      ),
      (address) => {
        readAddress(address, book);
      },
    ),
    { numRuns: 2000 },
  );
});
