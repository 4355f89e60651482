import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fields, fieldValue } from '../../src/partners/fields.rules.ts';
import { layOut, type SheetEntry, type SheetHead, sheetNumber } from '../../src/partners/sheet.rules.ts';
import { changedCells, changesInWords, newsOf, type Standing } from '../../src/partners/supplement.rules.ts';
import {
  columnOf,
  defaultTemplate,
  fillWords,
  readTemplate,
  rearranged,
  type Template,
  type TypedTemplate,
  typedOf,
} from '../../src/partners/template.rules.ts';
import { aSheetLine, present } from './partners-office.ts';

const told = (standing: Standing = 'live') => ({ standing, line: aSheetLine() });
const news = (now: Parameters<typeof newsOf>[1], standing: Standing = 'live') =>
  newsOf(told(standing), now, 1);

test('a line that is as the partner knows it is no news', () => {
  assert.equal(news(present()), undefined);
  assert.equal(
    news(present({ revision: 9, amount: 1, buyer_name: '다른 사람', ordered_on: '2026-11-09' })),
    undefined,
  );
});

test('each cell that a partner acts on is told with what it was and is', () => {
  const changed = {
    quantity: 2,
    recipient_name: '이두리',
    recipient_phone: '01099998888',
    recipient_phone2: '0212345678',
    postcode: '13529',
    address: '경기도 성남시',
    address_detail: '1호',
    memo: '',
    method: 'direct',
    ship_by: '2026-11-20',
    wished_on: '2026-11-25',
  } as const;
  const found = news(present(changed))!;
  assert.equal(found.kind, 'changed');
  assert.equal(found.line.recipient_name, '이두리', 'the sheet shows the new values');
  assert.deepEqual(
    found.changes.map(({ name, before, after }) => `${name}: ${before} → ${after}`),
    [
      '수량: 1 → 2',
      '수취인: 김하나 → 이두리',
      '연락처: 010-1111-2222 → 010-9999-8888',
      '연락처2:  → 02-1234-5678',
      '우편번호: 06236 → 13529',
      '주소: 서울특별시 강남구 테헤란로 1 → 경기도 성남시',
      '상세주소: 101동 1호 → 1호',
      '배송메모: 문 앞에 → ',
      '배송방법: 택배 → 직접전달',
      '발송기한: 2026-11-13 → 2026-11-20',
      '희망일:  → 2026-11-25',
    ],
  );
});

test('another option is a change; the same option under a new name is not', () => {
  assert.equal(news(present({ product: '모아 매트리스 (신형)', option: '퀸' })), undefined);
  assert.deepEqual(news(present({ option_id: 2, option: '킹(K)' }))!.changes, [
    { key: 'option', name: '옵션명', before: '퀸(Q)', after: '킹(K)' },
  ]);
  assert.deepEqual(
    changedCells(aSheetLine(), aSheetLine({ option_id: 2 })),
    [],
    'two options of one name read the same',
  );
});

test('a line that is cancelled, held, asked to be cancelled or gone stops, and says why', () => {
  const stops = [
    [present({}, { status: 'cancelled' }), 'cancelled', '주문 취소'],
    [present({}, { status: 'held' }), 'held', '주문 보류'],
    [present({}, { status: 'claimed', claim: 'cancel_requested' }), 'held', '취소 요청 중'],
    [undefined, 'cancelled', '주문이 없어짐'],
  ] as const;
  for (const [now, kind, note] of stops) {
    const found = news(now)!;
    assert.deepEqual([found.kind, found.standing, found.note], [kind, kind, note]);
    assert.deepEqual(found.line, aSheetLine(), 'it shows what the partner knows');
  }
});

test('what the partner was told already is not told again', () => {
  assert.equal(news(present({}, { status: 'held' }), 'held'), undefined);
  assert.equal(news(present({}, { status: 'cancelled' }), 'cancelled'), undefined);
  assert.equal(news(undefined, 'cancelled'), undefined);
  assert.equal(news(present({}, { status: 'held' }), 'cancelled'), undefined);
  assert.equal(news(present({ quantity: 3 }), 'cancelled'), undefined, 'it is to be ordered anew');
});

test('a held line that is cancelled says so; one that is let go is told with what changed meanwhile', () => {
  assert.equal(news(present({}, { status: 'cancelled' }), 'held')?.kind, 'cancelled');
  const resumed = news(present({ quantity: 2 }), 'held')!;
  assert.deepEqual([resumed.kind, resumed.standing], ['resumed', 'live']);
  assert.deepEqual(
    resumed.changes.map(({ name }) => name),
    ['수량'],
  );
  assert.equal(news(present({}, { status: 'dispatched' }), 'held')?.kind, 'resumed');
});

test('what is on its way is past being changed', () => {
  for (const status of ['dispatched', 'delivered', 'confirmed', 'returned', 'exchanged'] as const) {
    assert.equal(news(present({ address: '다른 곳' }, { status })), undefined, status);
  }
  assert.equal(news(present({}, { status: 'claimed', claim: 'return_requested' })), undefined);
});

test('a line whose product became somebody else’s is cancelled with the partner; a product that moved is not', () => {
  const moved = news(
    present({ product_id: 2, option_id: 5, product: '모아 프레임' }, { owner_id: 2, owner_name: '다른공방' }),
  )!;
  assert.deepEqual([moved.kind, moved.note], ['cancelled', '다른 협력사 상품으로 바뀜']);
  const ours = news(
    present({ product_id: 2, option_id: 5, product: '모아 프레임' }, { owner_id: null, owner_name: null }),
  )!;
  assert.deepEqual([ours.kind, ours.note], ['cancelled', '자체 상품으로 바뀜']);
  assert.equal(news(present({}, { owner_id: 2 })), undefined, 'what was ordered stays where it was ordered');
  assert.equal(
    news(present({ product_id: 2, option_id: 5 }, { owner_id: null, owner_name: null })),
    undefined,
    'a product of the same name was found anew after its import was taken back',
  );
  assert.equal(news(present({ product_id: 2, option_id: 5, option: '킹(K)' }))?.kind, 'changed');
});

test('the news of a line is one sentence', () => {
  const found = news(present({ quantity: 2, memo: '' }))!;
  assert.equal(changesInWords(found), '수량: 1 → 2 / 배송메모: 문 앞에 → 없음');
  assert.equal(changesInWords(news(undefined)!), '주문이 없어짐');
});

test('the default sheet has 27 columns of 27 names', () => {
  assert.equal(defaultTemplate.columns.length, 27);
  assert.equal(new Set(defaultTemplate.columns.map(({ title }) => title)).size, 27);
  assert.deepEqual(readTemplate(typedOf(defaultTemplate)), { template: defaultTemplate, errors: {} });
});

const typed = (given: Partial<TypedTemplate> = {}): TypedTemplate => ({
  title: '발주서',
  heading: '수신: {협력사}',
  split: 'none',
  titles: ['수량', '보내는 곳'],
  sources: ['quantity', 'constant'],
  constants: ['', '모아'],
  formats: ['number', 'text'],
  ...given,
});

test('a template is read from what was typed', () => {
  const { template, errors } = readTemplate(
    typed({ heading: '수신: {협력사}\r\n\r\n  {발주일} ', split: 'product' }),
  );
  assert.deepEqual(errors, {});
  assert.deepEqual(template, {
    title: '발주서',
    heading: ['수신: {협력사}', '{발주일}'],
    split: 'product',
    columns: [
      { title: '수량', field: 'quantity', format: 'number' },
      { title: '보내는 곳', constant: '모아', format: 'text' },
    ],
  });
});

test('what is wrong with a template is said beside the column or field', () => {
  const errorsOf = (given: Partial<TypedTemplate>) => Object.keys(readTemplate(typed(given)).errors);
  assert.deepEqual(errorsOf({ titles: ['', '보내는 곳'] }), ['column_0']);
  assert.deepEqual(errorsOf({ titles: ['가'.repeat(51), '보내는 곳'] }), ['column_0']);
  assert.deepEqual(
    errorsOf({ sources: ['recipient_name', 'constant'] }),
    ['column_0'],
    'a name is no number',
  );
  assert.deepEqual(errorsOf({ sources: ['toString', 'constant'] }), ['column_0']);
  assert.deepEqual(errorsOf({ formats: ['number', 'number'] }), ['column_1'], '모아 is no number');
  assert.deepEqual(errorsOf({ heading: '{발주서번호}' }), ['heading']);
  assert.deepEqual(errorsOf({ title: '{constructor}' }), ['title']);
  assert.deepEqual(errorsOf({ heading: '줄\n'.repeat(9) }), ['heading']);
  assert.deepEqual(errorsOf({ sources: [] }), ['columns']);
  assert.deepEqual(
    errorsOf({ sources: new Array(61).fill('memo'), titles: new Array(61).fill('메모'), formats: [] }),
    ['columns'],
  );
});

test('columns are moved, taken out and added where the buttons say; anything else changes nothing', () => {
  const titlesAfter = (act: string) => rearranged(typed({ titles: ['ㄱ', 'ㄴ'] }), act).titles;
  assert.deepEqual(titlesAfter('up:1'), ['ㄴ', 'ㄱ']);
  assert.deepEqual(titlesAfter('down:0'), ['ㄴ', 'ㄱ']);
  assert.deepEqual(titlesAfter('remove:0'), ['ㄴ']);
  assert.deepEqual(titlesAfter('add'), ['ㄱ', 'ㄴ', '']);
  for (const act of ['up:0', 'down:1', 'up:9', 'remove:-1', 'remove:x', '', 'add:1:2x', 'up']) {
    const titles = titlesAfter(act);
    assert.deepEqual(titles.slice(0, 2), ['ㄱ', 'ㄴ'], act);
  }
  const moved = rearranged(typed(), 'up:1');
  assert.deepEqual(
    [moved.sources, moved.constants, moved.formats],
    [
      ['constant', 'quantity'],
      ['모아', ''],
      ['text', 'number'],
    ],
  );
});

test('words in braces are filled in, whatever they hold', () => {
  const words = {
    발주번호: '12',
    발주일: '',
    협력사: '{담당자}',
    담당자: '',
    보낸이: '$&',
    상품: '',
    건수: '',
    수량: '',
  };
  assert.equal(fillWords('{협력사} {담당자} {발주번호} {보낸이} {모름}', words), '{담당자} 12 $& {모름}');
});

test('phones have hyphens, or only digits where the column asks for it; numbers are numbers only where asked', () => {
  const place = { number: '1', day: '2026-11-21', position: 1, kind: 'new' } as const;
  const line = aSheetLine({ quantity: 1200 });
  assert.equal(fieldValue('recipient_phone', 'text', line, place), '010-1111-2222');
  assert.equal(fieldValue('recipient_phone', 'digits', line, place), '01011112222');
  assert.equal(fieldValue('quantity', 'number', line, place), 1200);
  assert.equal(fieldValue('quantity', 'text', line, place), '1200');
  for (const key of Object.keys(fields) as (keyof typeof fields)[]) {
    assert.notEqual(fieldValue(key, 'text', line, place), undefined, key);
  }
});

const head: SheetHead = {
  number: '12',
  day: '2026-11-21',
  partner: '침대공방',
  contact: '최공장',
  sender: '김하나',
  isSupplement: false,
};
const entry = (given: Partial<SheetEntry> = {}, line = aSheetLine()): SheetEntry => ({
  kind: 'new',
  line,
  number: '12',
  day: '2026-11-21',
  changes: [],
  note: '',
  ...given,
});
const small: Template = {
  title: '발주서 {발주번호}',
  heading: ['{협력사} {담당자}', '{건수}건 수량 {수량}'],
  split: 'none',
  columns: [
    columnOf('position'),
    columnOf('goods'),
    columnOf('quantity'),
    columnOf('amount'),
    columnOf('full_address'),
  ],
};

test('a sheet has title, heading, columns, rows and the counts and sums below', () => {
  const [grid, ...more] = layOut(small, head, [
    entry(),
    entry({}, aSheetLine({ quantity: 2, amount: 1_000 })),
  ]);
  assert.equal(more.length, 0);
  assert.deepEqual(
    [grid!.name, grid!.title, grid!.heading],
    ['발주서', '발주서 12', ['침대공방 최공장', '2건 수량 3']],
  );
  assert.deepEqual(
    grid!.rows.map(({ cells }) => cells),
    [
      [1, '모아 매트리스 / 퀸(Q)', 1, 500_000, '서울특별시 강남구 테헤란로 1 101동 1호'],
      [2, '모아 매트리스 / 퀸(Q)', 2, 1_000, '서울특별시 강남구 테헤란로 1 101동 1호'],
    ],
  );
  assert.deepEqual(grid!.totals, ['합계 2건', '', 3, 501_000, '']);
});

test('split by product each product has its own sheet, counted through; names fit what Excel takes', () => {
  const products = [
    "'침대: 퀸/킹 [특가]'",
    '가'.repeat(40),
    '가'.repeat(35),
    'History',
    '침대* 퀸?킹 [특가]',
  ];
  const entries = products.map((product, at) => entry({}, aSheetLine({ product, product_id: at + 1 })));
  const grids = layOut({ ...small, split: 'product' }, head, [...entries, entries[0]!]);
  assert.deepEqual(
    grids.map(({ name }) => name),
    ['침대 퀸 킹 특가', '가'.repeat(31), `${'가'.repeat(27)} (2)`, '상품', '침대 퀸 킹 특가 (2)'],
  );
  assert.deepEqual(
    grids.map(({ rows }) => rows.map(({ cells }) => cells[0])),
    [[1, 6], [2], [3], [4], [5]],
  );
  assert.ok(grids.every(({ name }) => name.length <= 31));
});

test('a supplement says what happened first, marks the cells that changed and counts the kinds', () => {
  const changed = newsOf(told(), present({ address: '부산광역시', quantity: 2 }), 1)!;
  const gone = newsOf(told(), undefined, 1)!;
  const [grid] = layOut({ ...small, split: 'product' }, { ...head, isSupplement: true, number: '12-2' }, [
    entry({ kind: 'added' }),
    entry({ ...changed }),
    entry({ ...gone }),
  ]);
  assert.deepEqual([grid!.name, grid!.title], ['보충 발주서', '발주서 12-2 (보충)']);
  assert.deepEqual(
    grid!.columns.slice(0, 3).map(({ title }) => title),
    ['구분', '바뀐 내용', '순번'],
  );
  assert.deepEqual(
    grid!.rows.map(({ cells }) => cells[0]),
    ['추가', '변경', '취소'],
  );
  assert.equal(grid!.rows[1]!.cells[1], '수량: 1 → 2 / 주소: 서울특별시 강남구 테헤란로 1 → 부산광역시');
  assert.deepEqual(grid!.rows[1]!.changed, [4, 6], 'quantity, and the address that holds the street');
  assert.equal(grid!.totals[0], '합계 추가 1 · 변경 1 · 취소 1');
  assert.deepEqual(grid!.heading[1], '3건 수량 3', 'what is cancelled asks for no pieces');
});

test('a supplement has one column for the kind, also when the partner has it elsewhere', () => {
  const own = { title: '비고', field: 'row_kind', format: 'text' } as const;
  const [grid] = layOut({ ...small, columns: [columnOf('memo'), own] }, { ...head, isSupplement: true }, [
    entry(),
  ]);
  assert.deepEqual(
    grid!.columns.map(({ title }) => title),
    ['비고', '바뀐 내용', '배송메모'],
  );
});

test('a sheet is known by its number, a supplement by its part', () => {
  assert.equal(sheetNumber({ sheet_no: 12, part: 1 }), '12');
  assert.equal(sheetNumber({ sheet_no: 12, part: 3 }), '12-3');
});
