import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Kind, kinds } from '#lib/xlsx/index.ts';
import {
  LineParser,
  layoutOf,
  type MallLine,
  type Parsed,
  smartStore,
} from '../../src/channels/layouts/index.ts';

const sound: Record<string, string> = {
  상품주문번호: '2026112101000011',
  주문번호: '2026112101000002',
  '배송방법(구매자 요청)': '택배,등기,소포',
  배송방법: '직접전달',
  택배사: '',
  송장번호: '',
  구매자명: '김하나',
  구매자ID: 'yo****',
  수취인명: '이두리',
  주문상태: '발송대기',
  주문세부상태: '신규주문',
  '수량클레임 여부': 'N',
  결제일: '2026-11-21 07:46:37',
  상품번호: '8210034501',
  상품명: '모아 오크 원목 침대',
  상품종류: '조합형옵션상품',
  옵션정보: '사이즈: 퀸(Q) / 색상: 월넛',
  옵션관리코드: 'FR-Q',
  수량: '1',
  옵션가격: '90000',
  상품가격: '389000',
  '최종 상품별 총 주문금액': '₩455,050',
  '최초 상품별 총 주문금액': '479000',
  발주확인일: '',
  발송기한: '2026-12-05 23:59:59',
  발송처리일: '',
  '배송비 묶음번호': '2026112198999999',
  '배송비 합계': '30000',
  '판매자 상품코드': 'FR',
  수취인연락처1: '0507-1234-5678',
  수취인연락처2: '',
  통합배송지: '서울특별시 강남구 한빛로 12 푸른마을아파트 103동 506호',
  기본배송지: '서울특별시 강남구 한빛로 12',
  상세배송지: '푸른마을아파트 103동 506호',
  구매자연락처: '010-1234-5678',
  우편번호: '06236',
  배송메세지: '배송 전에 연락 주세요',
  주문일시: '2026-11-21 07:45:00',
  배송희망일: '',
};

/** The row with some cells changed; undefined takes a column away. */
function parse(changes: Record<string, string | undefined> = {}, numbers: string[] = []): Parsed {
  const cells = Object.entries({ ...sound, ...changes }).filter(([, text]) => text !== undefined);
  const kindOf = ([column]: [string, unknown]): Kind =>
    numbers.includes(column) ? kinds.number : kinds.text;
  const parser = new LineParser(
    smartStore,
    cells.map(([column]) => column),
  );
  return parser.parse(
    cells.map(([, text]) => text!),
    cells.map(kindOf),
  );
}

function line(changes: Record<string, string | undefined> = {}, numbers: string[] = []): MallLine {
  const parsed = parse(changes, numbers);
  assert.deepEqual(parsed.problems, undefined);
  return parsed.line!;
}

/** The only problem of the row, as `column: value: reason`. */
function problem(changes: Record<string, string | undefined>, numbers: string[] = []): string {
  const parsed = parse(changes, numbers);
  assert.equal(parsed.problems?.length, 1, JSON.stringify(parsed.problems));
  const { column, value, reason } = parsed.problems![0]!;
  return `${column}: ${value}: ${reason}`;
}

test('a row of the mall becomes a line', () => {
  assert.deepEqual(line(), {
    tells: 'all',
    lineNo: '2026112101000011',
    orderNo: '2026112101000002',
    kind: 'main',
    productNo: '8210034501',
    productName: '모아 오크 원목 침대',
    optionText: '사이즈: 퀸(Q) / 색상: 월넛',
    optionCode: 'FR-Q',
    sellerCode: 'FR',
    quantity: 1,
    amount: 455_050,
    optionPrice: 90_000,
    unitPrice: 389_000,
    status: 'new',
    claim: null,
    mallStatus: '발송대기',
    mallDetail: '신규주문',
    method: 'direct',
    methodText: '직접전달',
    usualMethod: 'direct',
    courier: '',
    trackingNo: '',
    bundleNo: '2026112198999999',
    shippingFee: 30_000,
    buyerName: '김하나',
    buyerId: 'yo****',
    buyerPhone: '01012345678',
    recipientName: '이두리',
    recipientPhone: '050712345678',
    recipientPhone2: '',
    postcode: '06236',
    address: '서울특별시 강남구 한빛로 12',
    addressDetail: '푸른마을아파트 103동 506호',
    memo: '배송 전에 연락 주세요',
    orderedAt: '2026-11-21 07:45:00',
    paidAt: '2026-11-21 07:46:37',
    shipBy: '2026-12-05 23:59:59',
    wishedOn: null,
    acknowledgedAt: null,
    dispatchedAt: null,
  } satisfies MallLine);
});

const standings: [string, string, string, MallLine['status'], MallLine['claim']][] = [
  ['발송대기', '신규주문', '', 'new', null],
  ['결제완료', '', '', 'new', null],
  ['발송대기', '발주확인', '', 'acknowledged', null],
  ['발송대기', '', '2026-11-21 09:00', 'acknowledged', null],
  ['발송대기', '배송지연', '2026-11-21 09:00', 'acknowledged', null],
  ['발송대기', '취소요청', '', 'new', 'cancel_requested'],
  ['발송대기', '취소처리중', '2026-11-21 09:00', 'acknowledged', 'cancel_requested'],
  ['발송대기', '취소요청거부', '2026-11-21 09:00', 'acknowledged', null],
  ['발송대기', '취소철회', '', 'new', null],
  ['발송대기', '취소완료', '', 'cancelled', null],
  ['취소', '취소완료', '', 'cancelled', null],
  ['취소', '취소요청', '', 'cancelled', null],
  ['취소완료', '', '', 'cancelled', null],
  ['배송중', '', '2026-11-21 09:00', 'dispatched', null],
  ['배송중', '반품요청', '', 'dispatched', 'return_requested'],
  ['배송완료', '수거중', '', 'delivered', 'return_requested'],
  ['배송완료', '반품 수거완료', '', 'delivered', 'return_requested'],
  ['배송완료', '반품보류', '', 'delivered', 'return_requested'],
  ['배송완료', '반품거부', '', 'delivered', null],
  ['배송완료', '교환요청', '', 'delivered', 'exchange_requested'],
  ['배송완료', '교환재배송중', '', 'delivered', 'exchange_requested'],
  ['배송완료', '교환재배송완료', '', 'exchanged', null],
  ['반품', '반품완료', '', 'returned', null],
  ['교환', '교환완료', '', 'exchanged', null],
  ['구매확정', '', '', 'confirmed', null],
  ['구매확정', '구매확정보류', '', 'confirmed', null],
];

for (const [status, detail, acknowledged, expected, claim] of standings) {
  test(`${status} · ${detail || '(빈 칸)'} · ${acknowledged ? '확인됨' : '확인 전'} is ${expected}${claim ? `, ${claim}` : ''}`, () => {
    const found = line({ 주문상태: status, 주문세부상태: detail, 발주확인일: acknowledged });
    assert.deepEqual([found.status, found.claim], [expected, claim]);
  });
}

test('a status nobody knows is named, and a person may explain it', () => {
  const text = problem({ 주문상태: '우주배송' });
  assert.match(text, /^주문상태: 우주배송: 처음 보는 주문상태입니다\. 뜻을 정하면/);
  assert.deepEqual(parse({ 주문상태: '우주배송' }).problems![0]!.unknown, {
    field: 'status',
    word: '우주배송',
  });
  assert.match(problem({ 주문상태: 'constructor' }), /처음 보는 주문상태/);
  assert.match(problem({ 주문세부상태: '반품비행중' }), /^주문세부상태: 반품비행중: 처음 보는 주문세부상태/);
});

test('what the seller ships with wins over what the buyer asked for', () => {
  const asked = '배송방법(구매자 요청)';
  const methods: [string, string, string, string][] = [
    ['직접전달', '택배,등기,소포', 'direct', '직접전달'],
    ['', '택배,등기,소포', 'courier', '택배,등기,소포'],
    ['', '직접배송(화물배달)', 'direct', '직접배송(화물배달)'],
    ['방문수령', '', 'pickup', '방문수령'],
    ['퀵서비스', '', 'quick', '퀵서비스'],
    ['', '', 'none', ''],
    ['낙타', '', 'other', '낙타'],
    ['toString', '', 'other', 'toString'],
  ];
  for (const [chosen, wished, method, text] of methods) {
    const found = line({ 배송방법: chosen, [asked]: wished });
    assert.deepEqual([found.method, found.methodText], [method, text]);
  }
});

test('an add-on is told by its kind, or by an option that says its own name', () => {
  const addon = { 상품명: '방수 매트리스 커버', 옵션정보: '추가상품: 방수 매트리스 커버' };
  assert.equal(line({ ...addon, 상품종류: '추가구성상품' }).kind, 'addon');
  assert.equal(line({ ...addon, 상품종류: '조합형옵션상품' }).kind, 'main');
  assert.equal(line({ ...addon, 상품종류: undefined }).kind, 'addon');
  assert.equal(line({ 상품종류: undefined }).kind, 'main');
  assert.equal(line({ 상품종류: undefined, 옵션정보: '' }).kind, 'main');
});

test('older forms have one address and other names for money', () => {
  const found = line({
    기본배송지: undefined,
    상세배송지: undefined,
    통합배송지: undefined,
    배송지: '서울 강남구 한빛로 12 103동',
    '최종 상품별 총 주문금액': undefined,
    '상품별 총 주문금액': '1,000',
    배송메세지: undefined,
    배송메시지: '메모',
  });
  assert.deepEqual(
    [found.address, found.addressDetail, found.amount, found.memo],
    ['서울 강남구 한빛로 12 103동', '', 1000, '메모'],
  );
});

test('the whole address stands in when the base address is empty', () => {
  const found = line({ 기본배송지: '', 상세배송지: '' });
  assert.deepEqual([found.address, found.addressDetail], [sound.통합배송지, '']);
});

test('a field whose column is not in the file is undefined, one whose cell is empty is blank', () => {
  const found = line({
    배송메세지: undefined,
    택배사: '',
    결제일: undefined,
    발송기한: '',
    '배송비 합계': undefined,
  });
  assert.deepEqual(
    [found.memo, found.courier, found.paidAt, found.shipBy, found.shippingFee],
    [undefined, '', undefined, null, undefined],
  );
  assert.equal(line({ 주문세부상태: undefined }).claim, undefined);
});

test('of two columns with one name the first that is filled counts', () => {
  const header = [...Object.keys(sound), '배송메세지', '우편번호'];
  const parser = new LineParser(smartStore, header);
  const cells = (memo: string) =>
    header.slice(0, -2).map((column) => (column === '배송메세지' ? memo : sound[column]!));
  assert.equal(parser.parse([...cells(''), '둘째', '']).line?.memo, '둘째');
  assert.equal(parser.parse([...cells('첫째'), '둘째', '']).line?.memo, '첫째');
});

for (const column of ['상품주문번호', '주문번호', '주문상태', '수취인명', '상품번호', '상품명', '수량']) {
  test(`an empty ${column} rejects the row`, () => {
    assert.equal(
      problem({ [column]: ' ' }),
      `${column}: : 비어 있습니다. 이 값이 없으면 주문을 받을 수 없습니다.`,
    );
  });
}

test('a row without any address is rejected, one without phone or postal code is not', () => {
  assert.match(problem({ 통합배송지: '', 기본배송지: '', 상세배송지: '' }), /^통합배송지: : 비어 있습니다/);
  assert.deepEqual([line({ 우편번호: '' }).postcode, line({ 수취인연락처1: '' }).recipientPhone], ['', '']);
});

test('ids that lost digits reject the row and send for the original file', () => {
  const lost = /자릿수를 잃었습니다.*원본 파일/;
  assert.match(problem({ 상품주문번호: '2.02611E+15' }), lost);
  assert.match(problem({ 주문번호: '2026112101000000' }, ['주문번호']), lost);
  assert.match(problem({ '배송비 묶음번호': '2.02611E+15' }), lost);
  assert.match(problem({ 송장번호: '6.12345E+11' }), lost);
  assert.equal(line({ 상품번호: '8210034501.0' }, ['상품번호']).productNo, '8210034501');
});

test('everything that is wrong with a row is said', () => {
  const { problems } = parse({
    상품주문번호: '1E5',
    수량: '-1',
    결제일: '2026-02-30',
    '배송비 합계': '무료',
    주문상태: '?',
  });
  assert.deepEqual(problems?.map(({ column, value }) => [column, value]).toSorted(), [
    ['결제일', '2026-02-30'],
    ['배송비 합계', '무료'],
    ['상품주문번호', '1E5'],
    ['수량', '-1'],
    ['주문상태', '?'],
  ]);
});

test('nothing may be left of a line only when it was taken back', () => {
  assert.match(problem({ 수량: '0' }), /^수량: 0: 취소나 반품이 아닌/);
  assert.equal(line({ 수량: '0', '수량클레임 여부': 'Y' }).quantity, 0);
  assert.equal(line({ 수량: '0', 주문상태: '취소', 주문세부상태: '취소완료' }).quantity, 0);
});

test('values that look like formulas or HTML are kept as they are', () => {
  const found = line({ 배송메세지: '=HYPERLINK("x")', 수취인명: '<b>@이-+', 상세배송지: '-1호' });
  assert.deepEqual(
    [found.memo, found.recipientName, found.addressDetail],
    ['=HYPERLINK("x")', '<b>@이-+', '-1호'],
  );
});

test('Hangul in pieces is put together and blanks around it go', () => {
  assert.equal(line({ 수취인명: ' 홍길동\u00a0'.normalize('NFD') }).recipientName, '홍길동');
});

test('text longer than we can keep is said to be', () => {
  assert.match(problem({ 배송메세지: '가'.repeat(1001) }), /1000자까지/);
});

test('a cell that is an error in Excel is not a value', () => {
  const parser = new LineParser(smartStore, Object.keys(sound));
  const cellKinds = Object.keys(sound).map(
    (column): Kind => (column === '송장번호' ? kinds.error : kinds.text),
  );
  const { problems } = parser.parse(Object.values({ ...sound, 송장번호: '#N/A' }), cellKinds);
  assert.deepEqual(
    problems?.map(({ column, value }) => [column, value]),
    [['송장번호', '#N/A']],
  );
});

test('kept cells are read again to the same line', () => {
  const kept = layoutOf(Object.keys(sound));
  assert.deepEqual(kept.parseTexts(Object.values(sound)), line());
  assert.equal(kept.textOf(Object.values(sound), '수취인명'), '이두리');
  assert.equal(kept.textOf(Object.values(sound), '없는 열'), '');
});

test('no row whatever makes the parser throw, and a line it gives is whole', () => {
  const anything = fc.oneof(
    fc.constantFrom(...Object.values(sound)),
    fc.constantFrom(
      '',
      ' ',
      '0',
      '-1',
      '1e400',
      'NaN',
      '__proto__',
      'toString',
      '2026-02-30',
      '취소요청',
      '0'.repeat(40),
    ),
    fc.string({ unit: 'grapheme', maxLength: 30 }),
  );
  const header = Object.keys(sound);
  const parser = new LineParser(smartStore, header);
  const rows = fc.tuple(
    fc.array(fc.tuple(fc.nat(header.length - 1), anything), { maxLength: 8 }),
    fc.array(fc.constantFrom<Kind>(0, 1, 2, 3, 4, 5), { maxLength: header.length }),
  );
  fc.assert(
    fc.property(rows, ([changes, cellKinds]) => {
      const texts = Object.values(sound);
      for (const [at, text] of changes) texts[at] = text;
      const { line: found, problems } = parser.parse(texts, cellKinds);
      assert.notEqual(found === undefined, problems === undefined);
      if (!found) return assert.ok(problems!.every(({ column, reason }) => column !== '' && reason !== ''));
      assert.match(found.lineNo, /^[\w-]{1,30}$/);
      assert.ok(Number.isSafeInteger(found.quantity) && found.quantity >= 0);
      assert.ok(found.recipientName !== '' && found.address !== '' && found.productName !== '');
    }),
    { numRuns: 2000 },
  );
});
