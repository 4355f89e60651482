import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as xlsx from '@e965/xlsx';
import { exportDispatchFile, findChannelByCode } from '#channels';
import { transaction } from '#lib/db.ts';
import { readRows } from '#lib/xlsx/index.ts';
import { keepCells, packCells } from '#orders';
import { type Office, openOffice } from '../support/office.ts';
import { anOrder, type LineGiven } from '../support/orders.ts';

const coupangColumns = [
  '번호',
  '묶음배송번호',
  '주문번호',
  '택배사',
  '운송장번호',
  '분리배송 Y/N',
  '등록상품명',
  '옵션ID',
  '수취인이름',
  '수취인전화번호',
  '우편번호',
  '기타',
  '기타',
];

interface MallLine extends LineGiven {
  own?: Record<string, string> | undefined;
}

/** An order of a mall whose lines are dispatched and due, with the columns its file had. */
async function aSentOrder(
  office: Office,
  mall: string,
  columns: readonly string[],
  orderNo: string,
  lines: readonly MallLine[],
): Promise<void> {
  const given = lines.map(({ own: _own, ...line }) => ({
    status: 'dispatched' as const,
    method: 'courier' as const,
    courier: 'CJ대한통운',
    tracking_no: '612345678901',
    mall_report: 'due' as const,
    ...line,
  }));
  const order = await anOrder(office, { orderNo, lines: given });
  const { db } = office.runtime;
  const channel = await findChannelByCode(office.ctx(), mall);
  await db('orders').where({ id: order.id }).update({ channel_id: channel.id });
  const [importId] = await db('imports').insert({
    channel_id: channel.id,
    file_name: '주문.xlsx',
    file_size: 1,
    file_sha256: '0'.repeat(64),
    state: 'applied',
    columns_json: JSON.stringify(columns),
    created_by_name: '김하나',
  });
  const rows = lines.map(({ own }, at) => ({ row: at + 2, cells: cellsOf(columns, own ?? {}) }));
  const blocks = await packCells(rows);
  await transaction(office.ctx(), (tx) => keepCells(tx, importId!, blocks));
  for (const [at, line] of order.lines.entries()) {
    await db('order_lines')
      .where({ id: line.id })
      .update({
        channel_id: channel.id,
        source_import_id: lines[at]!.own ? importId : null,
        source_row: lines[at]!.own ? at + 2 : null,
      });
  }
}

function cellsOf(columns: readonly string[], own: Record<string, string>): string[] {
  return columns.map((column, at) => own[`${column}#${at}`] ?? own[column] ?? '');
}

async function exported(
  office: Office,
  mall: string,
): Promise<{ path: string; rows: number } & AsyncDisposable> {
  const channel = await findChannelByCode(office.ctx(), mall);
  const path = join(tmpdir(), `moa-dispatch-test-${process.pid}-${mall}`);
  const rows = await exportDispatchFile(office.ctx('office'), channel, 'due', path, '시험');
  return { path, rows, [Symbol.asyncDispose]: () => rm(path, { force: true }) };
}

/** The rows of a file as SheetJS reads them; every cell must be text. */
async function bySheetJs(path: string): Promise<{ sheet: string; rows: string[][] }> {
  const workbook = xlsx.read(await readFile(path));
  const sheet = workbook.Sheets[workbook.SheetNames[0]!]!;
  for (const [place, cell] of Object.entries(sheet)) {
    if (place.startsWith('!')) continue;
    assert.ok(['s', 'z'].includes((cell as { t: string }).t), `${place} is no text`);
    assert.equal((cell as { f?: string }).f, undefined, `${place} is a formula`);
  }
  const rows = xlsx.utils.sheet_to_json<string[]>(sheet, { header: 1, defval: '', raw: true });
  return { sheet: workbook.SheetNames[0]!, rows };
}

/** The same as our own reader has them. */
async function byOurs(path: string, width: number): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const { texts } of readRows(path))
    rows.push(Array.from({ length: width }, (_, at) => texts[at] ?? ''));
  return rows;
}

function coupangRow(boxNo: string, optionId: string, more: Record<string, string> = {}) {
  return { 번호: '1', 묶음배송번호: boxNo, 주문번호: '4000012345678', 옵션ID: optionId, ...more };
}

test('Coupang gets its own columns back: one number a box, and Y where the lines of a box go apart', async () => {
  await using office = await openOffice();
  const formula = '=1+1';
  await aSentOrder(office, 'coupang', coupangColumns, '4000012345678', [
    {
      bundle_no: '700001',
      own: coupangRow('700001', '80001', {
        수취인이름: formula,
        수취인전화번호: '010-1234-5678',
        우편번호: '01234',
        '기타#11': '먼저',
        '기타#12': '@나중',
        '분리배송 Y/N': '분리배송가능',
      }),
    },
    { bundle_no: '700001', own: coupangRow('700001', '80002', { '분리배송 Y/N': '분리배송가능' }) },
  ]);
  await aSentOrder(office, 'coupang', coupangColumns, '4000012345679', [
    { bundle_no: '700002', own: coupangRow('700002', '80003') },
    { bundle_no: '700002', tracking_no: '612345678902', own: coupangRow('700002', '80004') },
  ]);
  await aSentOrder(office, 'coupang', coupangColumns, '4000012345680', [
    {
      bundle_no: '700003',
      method: 'direct',
      courier: '',
      tracking_no: '',
      own: coupangRow('700003', '80005'),
    },
    { bundle_no: '700003', status: 'cancelled', own: coupangRow('700003', '80006') },
  ]);

  await using file = await exported(office, 'coupang');
  assert.equal(file.rows, 5);
  const { sheet, rows } = await bySheetJs(file.path);
  assert.equal(sheet, '배송관리');
  assert.deepEqual(await byOurs(file.path, coupangColumns.length), rows);
  const [header, first, ...others] = rows;
  assert.deepEqual(header, coupangColumns);
  assert.deepEqual(first, [
    '1',
    '700001',
    '4000012345678',
    'CJ 대한통운',
    '612345678901',
    'N',
    '',
    '80001',
    formula,
    '010-1234-5678',
    '01234',
    '먼저',
    '@나중',
  ]);
  assert.deepEqual(
    others.map((row) => [row[1], row[3], row[4], row[5], row[7]]),
    [
      ['700001', 'CJ 대한통운', '612345678901', 'N', '80002'],
      ['700002', 'CJ 대한통운', '612345678901', 'Y', '80003'],
      ['700002', 'CJ 대한통운', '612345678902', 'Y', '80004'],
      ['700003', '업체직송', '4000012345680', 'N', '80005'],
    ],
  );
});

test('a box of which a line still waits is sent apart, unless the mall forbids it', async () => {
  await using office = await openOffice();
  const waiting = { status: 'acknowledged', courier: '', tracking_no: '', mall_report: 'none' } as const;
  await aSentOrder(office, 'coupang', coupangColumns, '4000000000001', [
    { bundle_no: '1', own: coupangRow('1', '11') },
    { bundle_no: '1', ...waiting, own: coupangRow('1', '12') },
  ]);
  await aSentOrder(office, 'coupang', coupangColumns, '4000000000002', [
    { bundle_no: '2', own: coupangRow('2', '21', { '분리배송 Y/N': '분리배송불가' }) },
    { bundle_no: '2', ...waiting, own: coupangRow('2', '22') },
  ]);
  await using file = await exported(office, 'coupang');
  const { rows } = await bySheetJs(file.path);
  assert.deepEqual(
    rows.slice(1).map((row) => [row[1], row[5]]),
    [['1', 'Y']],
  );
  const page = await (await office.as('office')).get('/dispatch?channel=coupang&show=problems');
  assert.match(page.text, /분리배송할 수 없는 상품/);
  assert.equal((await office.runtime.db('order_lines').where({ mall_report: 'due' })).length, 1);
});

test('Kakao and 11번가 get the courier as a code, Toss its three rows above the lines, ESM an old .xls', async () => {
  await using office = await openOffice();
  const kakao = ['결제번호', '주문번호', '배송방법', '택배사코드', '송장번호', '수령인명'];
  await aSentOrder(office, 'kakao', kakao, 'K1', [
    { own: { 결제번호: '900', 주문번호: 'K1', 수령인명: '+홍길동' } },
    { method: 'direct', own: { 결제번호: '900', 주문번호: 'K1' } },
  ]);
  const st11 = ['번호', '주문번호', '주문순번', '배송방법', '택배사코드', '송장번호'];
  await aSentOrder(office, 'st11', st11, 'S1', [{ own: { 번호: '1', 주문번호: '2026', 주문순번: '1' } }]);
  const toss = ['주문번호', '주문상품번호', '택배사', '송장번호', '상품명'];
  await aSentOrder(office, 'toss', toss, 'T1', [
    { courier: '한진택배', own: { 주문번호: '7', 주문상품번호: '8', 상품명: '-침대' } },
  ]);
  const esm = ['판매아이디', '주문번호', '상품명', '수령인명', '수령인 휴대폰', '수령인 전화번호'];
  await aSentOrder(office, 'esm', esm, '3001234567', [
    {
      recipient_name: '=홍길동',
      own: {
        판매아이디: 'moabed',
        주문번호: '3001234567',
        상품명: '침대',
        '수령인 휴대폰': '010-2222-3333',
        '수령인 전화번호': '02-123-4567',
      },
    },
  ]);

  const expected: Record<string, { sheet: string; rows: string[][] }> = {
    kakao: {
      sheet: 'Sheet0',
      rows: [
        kakao,
        ['900', 'K1', '택배배송', 'CJGLS', '612345678901', '+홍길동'],
        ['900', 'K1', '직접배송', '', '', ''],
      ],
    },
    st11: {
      sheet: '발송처리',
      rows: [
        ['11번가 발송처리', '', '', '', '', ''],
        st11,
        ['1', '2026', '1', '택배', '00034', '612345678901'],
      ],
    },
    toss: {
      sheet: '주문배송관리',
      rows: [
        ['택배사와 송장번호만 고쳐서 올려 주세요.', '', '', '', ''],
        toss,
        ['수정 불가', '수정 불가', '수정 가능', '수정 가능', '수정 불가'],
        ['7', '8', '한진택배', '612345678901', '-침대'],
      ],
    },
    esm: {
      sheet: 'Sheet1',
      rows: [
        ['계정', '상품명', '택배사', '주문번호', '수령자', '전화번호', '휴대폰', '운송장/등기번호'],
        [
          'moabed',
          '침대',
          'CJ대한통운',
          '3001234567',
          '=홍길동',
          '02-123-4567',
          '010-2222-3333',
          '612345678901',
        ],
      ],
    },
  };
  for (const [mall, { sheet, rows }] of Object.entries(expected)) {
    await using file = await exported(office, mall);
    const read = await bySheetJs(file.path);
    assert.deepEqual(read, { sheet, rows }, mall);
    assert.deepEqual(await byOurs(file.path, rows[0]!.length), rows, mall);
    const magic = (await readFile(file.path)).subarray(0, 2).toString('hex');
    assert.equal(magic, mall === 'esm' ? 'd0cf' : '504b', mall);
  }
});

test('what is missing is said before the file is made, and the line stays due', async () => {
  await using office = await openOffice();
  const own = { 결제번호: '900', 주문번호: 'K1' };
  await aSentOrder(office, 'kakao', Object.keys(own), 'K1', [
    { tracking_no: '', own },
    { courier: '새벽택배', own },
    { own: undefined },
    { own: { 결제번호: '900' } },
    { own },
  ]);
  const client = await office.as('office');
  const page = await client.get('/dispatch?channel=kakao');
  for (const said of [
    /1건 파일 받기/,
    /4건<\/span>은 빠진 것이 있어/,
    /송장번호가 없습니다/,
    /이 몰에서 ‘새벽택배’을\(를\) 어떻게 적는지 모릅니다/,
    /몰의 원래 열이 남아 있지 않습니다/,
    /가져온 파일에 주문번호 값이 없습니다/,
  ])
    assert.match(page.text, said);

  const unexplained = await client.post('/dispatch/files', { channel: 'kakao', scope: '' });
  assert.equal(unexplained.status, 422);
  assert.match(unexplained.text, /받는 이유를 적어 주세요/);
  const file = await client.post('/dispatch/files', { channel: 'kakao', scope: '', reason: '톡스토어 등록' });
  assert.equal(file.status, 200);
  const after = await client.get('/dispatch');
  assert.match(after.text, /카카오톡 톡스토어 · 김하나 · 1건 \(빠진 것 4건\) · 톡스토어 등록/);
  assert.equal((await office.runtime.db('order_lines').where({ mall_report: 'due' })).length, 4);
  const event = await office.runtime.db('events').where({ name: 'dispatch.exported' }).first();
  assert.deepEqual(JSON.parse(event.data), {
    channel: 'kakao',
    scope: 'due',
    lines: 1,
    left: 4,
    personal: true,
    reason: '톡스토어 등록',
  });
});

test('an administrator teaches how a mall spells a courier, and takes it back', async () => {
  await using office = await openOffice();
  const own = { 결제번호: '900', 주문번호: 'K1' };
  await aSentOrder(office, 'kakao', [...Object.keys(own), '택배사코드'], 'K1', [
    { courier: '새벽택배', own },
  ]);
  const admin = await office.as('admin');
  const page = await admin.get('/dispatch/spellings?mall=kakao');
  assert.match(page.text, /확인 필요/);
  const taught = await admin.post('/dispatch/spellings', {
    mall: 'kakao',
    'word-CJ대한통운': 'CJ',
    added: '새벽 택배',
    added_text: 'DAWN',
  });
  assert.equal(taught.location, '/dispatch/spellings?mall=kakao');
  await using file = await exported(office, 'kakao');
  assert.equal((await bySheetJs(file.path)).rows[1]![2], 'DAWN');

  await admin.post('/dispatch/spellings', { mall: 'kakao', 'word-CJ대한통운': '', 'word-새벽택배': '' });
  assert.deepEqual(await office.runtime.db('mall_spellings'), []);
  const half = await admin.post('/dispatch/spellings', { mall: 'kakao', added: '새벽택배', added_text: '' });
  assert.equal(half.status, 422);
  assert.equal((await (await office.as('office')).get('/dispatch/spellings')).status, 403);
});

test('a channel whose mall takes no file that we know is listed all the same', async () => {
  await using office = await openOffice();
  await aSentOrder(office, 'cafe24', [], 'C1', [{}]);
  const page = await (await office.as('office')).get('/dispatch');
  assert.match(page.text, /카페24/);
  assert.match(page.text, /이 채널에 올릴 파일 형식이 없습니다/);
  await assert.rejects(exported(office, 'cafe24'), /형식을 모릅니다/);
});
