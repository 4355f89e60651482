import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { contentOf, profileOf } from '../../src/channels/mapping/content.rules.ts';
import { contentToRemember, driftOf, type LearntColumn } from '../../src/channels/mapping/drift.rules.ts';
import { type Field, fieldKeys, fields } from '../../src/channels/mapping/fields.rules.ts';
import { layoutFrom } from '../../src/channels/mapping/learnt-layout.rules.ts';
import { faultsOf, proposeMapping, type UnknownColumn } from '../../src/channels/mapping/mapping.rules.ts';
import { plainName } from '../../src/channels/mapping/names.rules.ts';
import { findTable } from '../../src/channels/mapping/table.rules.ts';

const isPostcode = (text: string) => /^(06|13|48)\d{3}$/.test(text);
const column = (header: string, values: readonly string[]): UnknownColumn => ({
  header,
  profile: profileOf(
    values.map((text, at) => ({ row: at + 2, text })),
    isPostcode,
  ),
});
const proposed = (columns: readonly UnknownColumn[]) => proposeMapping(columns).map(({ field }) => field);

const phones = ['010-1234-5678', '010-2222-3333', '02-555-6666', '0503-1234-5678', '01098765432'];
const codes = ['06236', '13529', '48058', '06237', '13530'];
const addresses = [
  '서울특별시 강남구 테헤란로 1',
  '경기 성남시 분당구 판교로 2',
  '부산 해운대구 센텀로 3',
  '서울 강남구 역삼로 4',
  '경기도 성남시 중원구 산성대로 5',
];
const days = ['2026-11-20', '2026-11-21 09:05', '2026.11.21', '2026/11/22', '20261123'];
const amounts = ['1,290,000', '890000', '45,000원', '₩12,900', '330000'];
const counts = ['1', '2', '1', '3', '10'];
const unique = ['PA26112001', 'PA26112002', 'PA26112003', 'PA26112004', 'PA26112005'];
const repeated = ['20261120-001', '20261120-001', '20261120-002', '20261120-003', '20261120-003'];
const names = ['김하나', '이두리', '박세찬', '최네모', '정다섯'];

describe('what a column holds', () => {
  test('postal codes, phones, days, addresses and amounts are told by their cells', () => {
    const of = (values: string[]) => contentOf(column('x', values).profile);
    assert.deepEqual([codes, phones, days, addresses, amounts, names].map(of), [
      'postcode',
      'phone',
      'moment',
      'address',
      'won',
      undefined,
    ]);
    assert.equal(of(['010-****-1234', '02-***-1234', '010****5678']), 'phone', 'masked phones are phones');
    assert.equal(of(['12900', '45000', '8900', '33000']), 'won', 'five digits need not be a postal code');
    assert.equal(of(['1012345678', '1022223333']), 'phone', 'a spreadsheet takes the first zero away');
  });

  test('a share that is not whole is never shown as whole', () => {
    const many = [...Array.from({ length: 300 }, () => '06236'), '없음'];
    const [guess] = proposeMapping([column('코드', many)]);
    assert.deepEqual(guess, { field: 'postcode', reason: '다섯 자리 우편번호 99%' });
  });
});

describe('a mapping is proposed', () => {
  test('by names that differ in spaces, brackets and the word for the person', () => {
    for (const name of ['수령인 휴대폰', '받는분(연락처)', '수취인 전화번호', '받으시는 분 HP'])
      assert.equal(plainName(name), '수취인전화', name);
    assert.deepEqual(
      proposed([
        column('주문 번호', repeated),
        column('품명', ['의자', '책상', '의자', '책장', '의자']),
        column('주문수량(EA)', counts),
        column('받는사람', names),
        column('받는분 핸드폰', phones),
        column('[배송지] 주소', addresses),
        column('우편 번호', codes),
        column('배송 요청사항', ['', '문 앞', '', '', '']),
      ]),
      [
        'orderNo',
        'productName',
        'quantity',
        'recipientName',
        'recipientPhone',
        'wholeAddress',
        'postcode',
        'memo',
      ],
    );
  });

  test('by what stands in the cells where the name says nothing, with the reason', () => {
    const guesses = proposeMapping([
      column('A', unique),
      column('B', codes),
      column('C', phones),
      column('D', addresses),
      column('E', counts),
      column('F', days),
      column('G', repeated),
      column('H', amounts),
      column('I', names),
    ]);
    assert.deepEqual(
      guesses.map(({ field }) => field),
      [
        'lineNo',
        'postcode',
        'recipientPhone',
        'wholeAddress',
        'quantity',
        'orderedAt',
        'orderNo',
        'amount',
        '',
      ],
    );
    assert.equal(guesses[1]!.reason, '다섯 자리 우편번호 100%');
    assert.equal(guesses[0]!.reason, '행마다 다른 긴 번호입니다');
    assert.equal(guesses[6]!.reason, '되풀이되는 긴 번호입니다');
  });

  test('of two columns of phones without a name none is chosen, and both say what they may be', () => {
    const guesses = proposeMapping([column('가', phones), column('나', [...phones].reverse())]);
    for (const guess of guesses)
      assert.deepEqual(guess, { field: '', reason: '수취인 전화일 수 있습니다: 전화번호 100%' });
  });

  test('never gives a field to two columns without saying so', () => {
    const guesses = proposeMapping([column('수량', counts), column('주문수량', counts)]);
    assert.equal(guesses[0]!.field, 'quantity');
    assert.deepEqual(guesses[1], { field: '', reason: '‘수량’ 열과 겹칩니다: 수량' });
  });

  test('a name that its cells speak against is not chosen', () => {
    const [guess] = proposeMapping([column('우편번호', days)]);
    assert.equal(guess!.field, '');
    assert.match(guess!.reason, /이름은 같지만 다섯 자리 우편번호 0%/);
  });

  test('by how a name ends, and never by what belongs to the sender', () => {
    const guesses = proposeMapping([
      column('자사 주문번호', repeated),
      column('우리 수취인명', names),
      column('보내는분 전화', phones),
      column('출고지 주소', addresses),
    ]);
    assert.deepEqual(
      guesses.map(({ field }) => field),
      ['orderNo', 'recipientName', '', ''],
    );
    assert.equal(guesses[0]!.reason, '이름의 끝이 같습니다');
  });

  test('a buyer is not the recipient', () => {
    assert.deepEqual(
      proposed([
        column('주문자', names),
        column('주문자 연락처', phones),
        column('수령자', names),
        column('수령자 연락처', phones),
      ]),
      ['buyerName', 'buyerPhone', 'recipientName', 'recipientPhone'],
    );
  });
});

test('whatever stands in a file, no field is proposed twice and nothing throws', () => {
  const title = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom(
      '주문번호',
      '받는분',
      '받는분 전화',
      '주소',
      '수량',
      '품명',
      '우편번호',
      '전화',
      '',
      'constructor',
    ),
  );
  const value = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom(...phones, ...codes, ...addresses, ...days, ...amounts, ...counts, ...unique, ''),
  );
  const sheet = fc.array(fc.array(value, { maxLength: 9 }), { maxLength: 7 });
  fc.assert(
    fc.property(fc.array(title, { minLength: 5, maxLength: 9 }), sheet, (titles, rows) => {
      const all = [titles, ...rows].map((texts, at) => ({ row: at + 1, texts }));
      const table = findTable([{ sheet: '표', rows: all }], (text) => text === '주문번호', isPostcode);
      if (!table) return;
      const chosen = proposed(table.columns);
      const given = chosen.filter((field) => field !== '');
      assert.equal(new Set(given).size, given.length);
      assert.equal(faultsOf(table.columns, chosen).columns.size <= 1, true);
    }),
    { numRuns: 500 },
  );
});

describe('what a person chose', () => {
  const columns = [column('번호', repeated), column('순번', counts), column('상품', names)];

  test('is refused by name while something needed is missing, or a field has two columns', () => {
    const { missing, columns: faults } = faultsOf(columns, ['orderNo', 'lineSerial', 'lineSerial']);
    assert.deepEqual(missing, ['상품명', '수량', '수취인', '수취인 전화', '주소 또는 기본 주소']);
    assert.match(faults.get(1)!, /두 열에 골랐습니다: ‘순번’, ‘상품’/);
    assert.equal(faults.has(0), false);
  });

  test('cannot name lines by a number that two rows share', () => {
    const { columns: faults } = faultsOf(columns, ['orderNo', '', 'productName']);
    assert.match(faults.get(0)!, /^2행과 3행의 값이 같습니다/);
  });

  test('becomes a layout; an address with a detail begins in its own column', () => {
    const learnt = (header: string, field: Field | ''): LearntColumn => ({
      header,
      field,
      content: undefined,
    });
    const layout = layoutFrom({ id: 7, channel: 'shop-1', name: '가구점 주문 파일' }, [
      learnt('번호', 'orderNo'),
      learnt('주소', 'wholeAddress'),
      learnt('나머지', 'detailAddress'),
      learnt('담당', ''),
    ]);
    assert.equal(layout.code, 'learnt:7');
    assert.deepEqual(layout.headers.lineNo, ['번호']);
    assert.deepEqual([layout.headers.baseAddress, layout.headers.wholeAddress], [['주소'], undefined]);
    assert.deepEqual(layout.learnt, ['번호', '주소', '나머지']);
  });

  test('every field has a name, none of them twice', () => {
    assert.equal(new Set(fieldKeys.map((key) => fields[key].name)).size, fieldKeys.length);
  });
});

describe('drift', () => {
  const learnt = (header: string, field: Field | '', values: readonly string[]): LearntColumn => ({
    header,
    field,
    content: contentToRemember(field, column(header, values).profile),
  });
  const before = [
    learnt('번호', 'orderNo', repeated),
    learnt('수령인 휴대폰', 'recipientPhone', phones),
    learnt('수량', 'quantity', counts),
    learnt('담당', '', names),
  ];
  const now = (over: Record<string, readonly string[] | undefined>) =>
    Object.entries({ 번호: repeated, '수령인 휴대폰': phones, 수량: counts, 담당: names, ...over }).flatMap(
      ([header, values]) => (values ? [column(header, values)] : []),
    );

  test('a renamed column is told with what came in its place, and proposed there', () => {
    const columns = now({ '수령인 휴대폰': undefined, 수령인연락처: phones });
    const { words, remembered } = driftOf(before, columns);
    assert.deepEqual(words, [
      '‘수령인 휴대폰’ 열이 없어졌습니다.',
      '‘수령인연락처’ 열이 새로 생겼습니다(전화번호 100%).',
    ]);
    const guesses = proposeMapping(columns, remembered);
    assert.deepEqual(
      guesses.map(({ field }) => field),
      ['orderNo', 'quantity', '', 'recipientPhone'],
    );
    assert.equal(guesses[0]!.reason, '전에 이렇게 맞췄습니다');
  });

  test('a column that holds something else is told, and is no longer proposed for what it was', () => {
    const columns = now({ '수령인 휴대폰': days });
    const { words, remembered } = driftOf(before, columns);
    assert.deepEqual(words, ['‘수령인 휴대폰’ 열에 전화번호가 아닌 값이 들어 있습니다(날짜 100%).']);
    const guess = proposeMapping(columns, remembered)[1]!;
    assert.notEqual(guess.field, 'recipientPhone');
  });

  test('new columns, columns nobody uses, empty ones and a few odd cells are no drift', () => {
    assert.deepEqual(driftOf(before, now({ 비고: names })).words, []);
    assert.deepEqual(driftOf(before, now({ 담당: undefined })).words, []);
    assert.deepEqual(driftOf(before, now({ '수령인 휴대폰': ['', '', '', '', ''] })).words, []);
    assert.deepEqual(driftOf(before, now({ '수령인 휴대폰': [...phones, '없음', '문의'] })).words, []);
  });
});

describe('a table is found', () => {
  const row = (at: number, texts: string[]) => ({ row: at, texts });
  const find = (rows: ReturnType<typeof row>[]) =>
    findTable([{ sheet: '주문', rows }], (text) => text.startsWith('주문'), isPostcode);

  test('below a title, with its samples and where its header stands', () => {
    const found = find([
      row(1, ['가구점 주문서', '', '', '2026-11-21']),
      row(3, ['주문번호', '품명', '전화', '전화', '주소', '수량', '']),
      row(4, ['A-1', '의자', phones[0]!, phones[1]!, addresses[0]!, '1', 'x']),
    ])!;
    assert.deepEqual([found.sheet, found.row], ['주문', 3]);
    assert.deepEqual(
      found.columns.map(({ header }) => header),
      ['주문번호', '품명', '전화', '전화 (2)', '주소', '수량', ''],
    );
    assert.deepEqual(found.samples, [['A-1', '의자', phones[0]!, phones[1]!, addresses[0]!, '1', 'x']]);
  });

  test('in nothing that has no rows, too few columns, or only values', () => {
    assert.equal(find([row(1, ['주문번호', '품명', '전화', '수량', '주소'])]), undefined);
    assert.equal(find([row(1, ['이름', '전화', '메모', '날짜']), row(2, ['a', 'b', 'c', 'd'])]), undefined);
    assert.equal(
      find([row(1, ['1', '2', '3', '4', '5', '6']), row(2, ['1', '2', '3', '4', '5', '6'])]),
      undefined,
    );
    const title = '이 파일은 주문 목록이 아니며 담당자에게 문의해 주시기 바랍니다 이 파일은 주문';
    assert.equal(
      find([row(1, [title.repeat(2), 'b', 'c', 'd', 'e']), row(2, ['a', 'b', 'c', 'd', 'e'])])?.row,
      undefined,
    );
  });
});
