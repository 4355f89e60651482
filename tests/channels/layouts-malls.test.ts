import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FileRefused, unlock } from '#lib/xlsx/index.ts';
import { type Sale, sales } from '../../seeds/malls/sales.ts';
import {
  knownLayout,
  knownLayouts,
  layoutOf,
  type MallFile,
  type MallLine,
  type MallRow,
  readMallFile,
} from '../../src/channels/layouts/index.ts';
import { locked, makeTwin, type Twin, twins, type Variant, xlsxOf } from '../support/malls/twins.ts';
import { texts, workbooks } from '../xlsx/twins.ts';

type Reading = Omit<MallFile, 'rows'> & { rows: MallRow[] };

async function read(file: Buffer, layouts = knownLayouts): Promise<Reading> {
  const found = await readMallFile(file, layouts);
  return { ...found, layout: found.layout, rows: await Array.fromAsync(found.rows) };
}

/** Holds every line against what the mall sold; moments lose their seconds in a saved file. */
function assertLines(twin: Twin, { rows }: Reading, listed: readonly Sale[], resaved = false): void {
  assert.equal(rows.length, listed.length);
  rows.forEach(({ row, line, problems }, at) => {
    assert.equal(problems, undefined, `row ${row}: ${JSON.stringify(problems)}`);
    const expected = twin.expected(listed[at]!);
    const found = Object.fromEntries(
      Object.keys(expected).map((field) => [field, line![field as keyof MallLine]]),
    );
    const plain = (fields: object) =>
      Object.fromEntries(
        Object.entries(fields).map(([field, value]) => {
          if (!resaved) return [field, value];
          if (field === 'postcode') return [field, String(value).padStart(5, '0')];
          return [field, /At$|shipBy/.test(field) ? String(value).slice(0, 16) : value];
        }),
      );
    assert.deepEqual(plain(found), plain(expected), `row ${row}`);
  });
}

const variants: Record<string, Variant> = {
  'as the mall writes it': {},
  'columns in another order': { shuffled: true },
  'columns nobody knows, one of them twice': { extra: true },
  'saved again by Excel': { resaved: true },
};

const sold = sales();

for (const [name, twin] of Object.entries(twins)) {
  describe(name, () => {
    for (const [what, variant] of Object.entries(variants)) {
      test(what, async () => {
        const { sheets, listed, firstRow } = makeTwin(twin, variant, sold);
        assert.ok(listed.length > 20, 'there is something to read');
        const found = await read(xlsxOf(sheets));
        assert.equal(found.layout.code, twin.layout);
        assert.equal(found.sheet, twin.sheet);
        assert.equal(found.rows[0]!.row, firstRow);
        assertLines(twin, found, listed, variant.resaved);
      });
    }

    test('locked', async () => {
      const { sheets, listed } = makeTwin(twin, {}, sold);
      assertLines(twin, await read(await unlock(locked(xlsxOf(sheets), '1234'), '1234')), listed);
    });

    test('as an old .xls and as CSV in CP949', async () => {
      const { sheets, listed } = makeTwin(twin, {}, sold);
      assertLines(twin, await read(workbooks['BIFF8 .xls'](sheets)), listed);
      const orders = sheets.slice(-1);
      assertLines(twin, await read(texts['CSV in CP949'](orders)), listed);
    });

    test('what was kept of its rows is read again to the same lines', async () => {
      const { sheets } = makeTwin(twin, { resaved: true }, sold);
      const { layout, columns, rows } = await read(xlsxOf(sheets));
      const kept = layoutOf(columns, layout);
      for (const { cells, line } of rows) assert.deepEqual(kept.parseTexts([...cells]), line);
    });

    test('numbers stay apart and fit the database', () => {
      const numbers = sold.filter(twin.lists ?? Boolean).map((sale) => twin.expected(sale).lineNo!);
      assert.equal(new Set(numbers).size, numbers.length);
      for (const number of numbers) assert.match(number, /^[\x21-\x7e]{1,40}$/);
    });

    test('a bad row is rejected with its column and the rest goes on', async () => {
      const layout = knownLayout(twin.layout);
      const quantity = twin.columns.find((column) => layout.headers.quantity!.includes(column))!;
      const lineNo = twin.columns.find((column) => layout.headers.lineNo!.includes(column))!;
      const { listed, firstRow } = makeTwin(twin, {}, sold);
      const tweak: Variant['tweak'] = (cells, sale) => {
        if (sale === listed[2]) return { ...cells, [quantity]: '둘' };
        return sale === listed[5] ? { ...cells, [lineNo]: 6.02e23 } : cells;
      };
      const { rows } = await read(xlsxOf(makeTwin(twin, { tweak }, sold).sheets));
      assert.deepEqual(
        rows.flatMap(({ row, problems }) => (problems ? [[row, problems[0]!.column]] : [])),
        [
          [firstRow + 2, quantity],
          [firstRow + 5, lineNo],
        ],
      );
      assert.equal(rows.length, listed.length);
    });

    test('a file without a needed column is refused and both are named', async () => {
      const { required, headers, name: layoutName } = knownLayout(twin.layout);
      const names = required.find(([column]) => column === 'productName')!.flatMap((one) => headers[one]!);
      const { sheets } = makeTwin(twin, { without: names }, sold);
      await assert.rejects(read(xlsxOf(sheets)), (error) => {
        assert.ok(error instanceof FileRefused);
        assert.ok(error.message.includes(`${layoutName} 파일로 보이지만`), error.message);
        assert.ok(error.message.includes(names[0]!), error.message);
        return true;
      });
    });
  });
}

test('a gift without an address waits for it; anybody else without one is rejected', async () => {
  const twin = twins['카카오, 48 columns']!;
  const { sheets } = makeTwin(twin, {}, sold);
  const { rows } = await read(xlsxOf(sheets));
  assert.ok(rows.some(({ line }) => line?.address === '' && line.recipientName === ''));

  const toss = twins.토스!;
  const bare: Variant = { tweak: (cells, { at }) => (at === 1 ? { ...cells, 배송지: '' } : cells) };
  const rejected = (await read(xlsxOf(makeTwin(toss, bare, sold).sheets))).rows.filter(({ line }) => !line);
  assert.deepEqual(
    rejected.map(({ problems }) => problems!.map(({ column }) => column)),
    [['배송지']],
  );
});

test('an add-on that a mall writes into its main row stays with the option', async () => {
  const { rows } = await read(xlsxOf(makeTwin(twins.ESM!, {}, sold).sheets));
  assert.ok(rows.some(({ line }) => line!.optionText.endsWith('추가구성: 방수 커버/1개')));
});

test('a bundle number of zeros binds nothing together', async () => {
  const tweak: Variant['tweak'] = (cells) => ({ ...cells, 배송번호: '0' });
  const { rows } = await read(xlsxOf(makeTwin(twins['11번가']!, { tweak }, sold).sheets));
  assert.ok(rows.every(({ line }) => line!.bundleNo === ''));
});

test('the days of a file without a status tell how far a line is', async () => {
  const days: Record<string, string>[] = [
    {},
    { '출고일(발송일)': '2026-11-20' },
    { '출고일(발송일)': '2026-11-20', 배송완료일: '2026-11-21' },
    { '출고일(발송일)': '2026-11-20', 배송완료일: '2026-11-21', 구매확정일자: '2026-11-28' },
  ];
  const four = sold.filter(({ addon }) => !addon).slice(0, 4);
  const tweak: Variant['tweak'] = (cells, sale) => ({ ...cells, ...days[four.indexOf(sale)] });
  const { rows } = await read(xlsxOf(makeTwin(twins['쿠팡, 40 columns']!, { tweak }, four).sheets));
  assert.deepEqual(
    rows.map(({ line }) => line!.status),
    [undefined, 'dispatched', 'delivered', 'confirmed'],
  );
});

test('a courier that a mall fills in beforehand counts with a tracking number only', async () => {
  const tweak: Variant['tweak'] = (cells, { at }) =>
    at === 0 ? { ...cells, 운송장번호: '612345678901' } : cells;
  const { rows } = await read(xlsxOf(makeTwin(twins['쿠팡, 40 columns']!, { tweak }, sold).sheets));
  const [first, second] = rows.map(({ line }) => [line!.courier, line!.trackingNo, line!.usualMethod]);
  assert.deepEqual(first, ['CJ 대한통운', '612345678901', 'courier']);
  assert.deepEqual(second, [undefined, '', 'direct']);
});

test('words of claims in a status column tell which claim it is: an exchange is no return', async () => {
  const said: Record<string, [MallLine['status'], MallLine['claim']]> = {
    취소요청: [undefined, 'cancel_requested'],
    '취소 완료': ['cancelled', null],
    반품접수: [undefined, 'return_requested'],
    반품완료: ['returned', null],
    교환수거중: [undefined, 'exchange_requested'],
    교환완료: ['exchanged', null],
  };
  const words = Object.keys(said);
  const six = sold.slice(0, words.length);
  const tweak: Variant['tweak'] = (cells, sale) => ({ ...cells, 주문상태: words[six.indexOf(sale)]! });
  const { rows } = await read(xlsxOf(makeTwin(twins.토스!, { tweak }, six).sheets));
  assert.deepEqual(
    rows.map(({ line }) => [line!.status, line!.claim]),
    Object.values(said),
  );
});

test('a word nobody knows is the only thing wrong with its row, and can be explained', async () => {
  const tweak: Variant['tweak'] = (cells, { at }) => (at === 1 ? { ...cells, 주문상태: '포장 대기' } : cells);
  const file = xlsxOf(makeTwin(twins.토스!, { tweak }, sold).sheets);
  const [wrong] = (await read(file)).rows.filter(({ problems }) => problems);
  assert.deepEqual(
    wrong!.problems!.map(({ unknown }) => unknown),
    [{ field: 'status', word: '포장 대기' }],
  );

  const words = { status: new Map([['포장 대기', 'acknowledged' as const]]), detail: new Map() };
  const found = await readMallFile(file, knownLayouts, {
    onLayout: () => Promise.resolve({ usualMethod: 'courier', words }),
  });
  const rows = await Array.fromAsync(found.rows);
  assert.equal(rows.find(({ row }) => row === wrong!.row)!.line!.status, 'acknowledged');
  assert.ok(rows.every(({ line }) => line!.usualMethod === 'courier'));
});

test('no layout is named like another, and each needs enough to be told apart', () => {
  assert.equal(new Set(knownLayouts.map(({ code }) => code)).size, knownLayouts.length);
  for (const { code, required, headers } of knownLayouts) {
    assert.ok(required.length >= 3, code);
    for (const column of required.flat()) assert.ok(headers[column], `${code} ${column}`);
    assert.match(code, /^[a-z0-9.]{1,60}$/);
  }
});
