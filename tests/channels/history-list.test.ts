import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { putMany } from '#lib/bulk.ts';
import { transaction } from '#lib/db.ts';
import { importLines, someLines } from '../support/imports.ts';
import { type Office, openOffice } from '../support/office.ts';
import { rowsOn, tabsOn } from '../support/orders.ts';
import { propose, waitingLines, withMemo } from './history-office.ts';

test('the history finds an import by its file and by every order and line it names', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const client = await office.as('office');
  const lines = waitingLines(5);
  const [first] = lines;
  await importLines(ctx, lines);
  await importLines(ctx, withMemo(lines.slice(0, 1), '둘째'));
  await importLines(ctx, lines.slice(1));
  await propose(ctx, withMemo(lines.slice(0, 1), '셋째'));

  const byLine = rowsOn((await client.get(`/imports?q=${first!.상품주문번호}`)).text);
  assert.deepEqual(
    byLine.map((row) => row[1]),
    ['주문.xlsx 바뀜', '주문.xlsx 바뀜', '주문.xlsx 새 주문'],
    'proposals too, and what each says of the line',
  );
  const order = lines.filter((line) => line.주문번호 === first!.주문번호);
  const byOrder = await client.get(`/imports?q=${first!.주문번호}`);
  assert.equal(rowsOn(byOrder.text).length, order.length > 1 ? 4 : 3);
  const link = /href="(\/imports\/\d+\?kind=all&amp;q=\d+)"/.exec(byOrder.text)![1]!.replaceAll('&amp;', '&');
  const found = rowsOn((await client.get(link)).text);
  assert.ok(
    found.length > 0 && found.every((row) => order.some((line) => row.includes(String(line.상품주문번호)))),
  );

  assert.equal(rowsOn((await client.get(`/imports?q=${encodeURIComponent('주문.xl')}`)).text).length, 4);
  const nothing = await client.get('/imports?q=9999999999');
  assert.match(nothing.text, /조건에 맞는 가져오기가 없습니다/);
});

test('rows of an import are found by number, name and anything else its file says, in every kind', async () => {
  await using office = await openOffice();
  const client = await office.as('office');
  const lines = someLines(120);
  const { importId } = await importLines(office.ctx('office'), lines);
  const one = lines[40]!;
  const rows = async (q: string, kind = '') =>
    rowsOn((await client.get(`/imports/${importId}?size=500&kind=${kind}&q=${encodeURIComponent(q)}`)).text);

  const byLine = await rows(String(one.상품주문번호));
  assert.deepEqual(
    byLine.map((row) => row[2]),
    [one.상품주문번호],
  );
  const byName = await rows(String(one.수취인명));
  assert.ok(byName.length > 0 && byName.every((row) => row[3]!.includes(String(one.수취인명))));
  const ofOrder = lines.filter((line) => line.주문번호 === one.주문번호);
  assert.equal((await rows(String(one.주문번호))).length, ofOrder.length);
  assert.deepEqual(await rows(String(one.상품주문번호), 'changed'), []);
  assert.deepEqual(await rows('"<없는 사람>\\'), []);

  const page = await client.get(`/imports/${importId}?q=${one.상품주문번호}`);
  const order = await office.runtime
    .db('order_lines')
    .where({ line_no: String(one.상품주문번호) })
    .first('order_id');
  assert.match(page.text, new RegExp(`href="/orders/${order.order_id}">${one.상품주문번호}<`));
  assert.equal(tabsOn(page.text)['새 주문'], 1, 'the tabs count what was found');
});

test('what an import changed stays to be read cell by cell, with its order, long after', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const client = await office.as('office');
  const lines = waitingLines(4);
  await importLines(ctx, lines);
  const second = await importLines(ctx, withMemo(lines, '둘째'));
  await importLines(ctx, withMemo(lines, '셋째'));
  const page = await client.get(`/imports/${second.importId}?kind=changed`);
  const told = page.text.match(/배송메모<\/span> <del class="was">처음<\/del> <ins class="now">둘째<\/ins>/g);
  assert.equal(told?.length, lines.length);
  assert.match(page.text, /href="\/orders\/\d+"/);
  assert.match(page.text, /적용했습니다\./);
});

describe('ten thousand imports', () => {
  let office: Office;
  before(async () => {
    office = await openOffice();
    await fillHistory(office);
  });
  after(() => office[Symbol.asyncDispose]());

  test('each filter shows its own and the tabs agree with it', async () => {
    const client = await office.as('office');
    const all = await client.get('/imports');
    assert.equal(tabsOn(all.text).전체, 10_000);
    const mine = await client.get('/imports?person=2&channel=1&state=applied');
    const own = await office.runtime
      .db('imports')
      .where({ created_by: 2, channel_id: 1, state: 'applied' })
      .pluck('id');
    assert.equal(tabsOn(mine.text).적용됨, own.length);
    assert.ok(
      rowsOn(mine.text).every(
        (row) => row[10] === '김하나' && row[3] === '적용됨' && row[2] === '스마트스토어',
      ),
    );
    const robot = await client.get('/imports?person=0');
    assert.ok(rowsOn(robot.text).every((row) => row[10] === '모아'));
    const days = await client.get('/imports?from=2026-03-02&to=2026-03-02');
    assert.ok(rowsOn(days.text).every((row) => row[0]!.startsWith('2026-03-02')));
    for (const odd of ['person=x', 'channel=1%27', 'person=99999999999999999', 'state=nothing']) {
      assert.equal(tabsOn((await client.get(`/imports?${odd}`)).text).전체, 10_000, odd);
    }
  });

  test('a page of them comes quickly, whatever is searched for', async () => {
    const client = await office.as('office');
    const paths = [
      '/imports',
      '/imports?page=200',
      '/imports?sort=file_name&page=100',
      `/imports?q=${encodeURIComponent('파일 99')}`,
      '/imports?q=2026030100000001',
      '/imports?person=2&state=applied&from=2026-01-01&to=2026-06-30',
    ];
    const timed = async (path: string) => {
      const start = performance.now();
      assert.equal((await client.get(path)).status, 200);
      return performance.now() - start;
    };
    for (const path of paths) {
      const times: { page: number; floor: number }[] = [];
      for (let n = 0; n < 6; n++) {
        times.push({ page: await timed(path), floor: await timed('/account') }); // a page that reads next to nothing
      }
      const best = Math.min(...times.map(({ page }) => page));
      const floor = Math.min(...times.map((one) => one.floor));
      assert.ok(best < floor * 40, `${path} took ${best.toFixed()} ms, a bare page ${floor.toFixed()} ms`);
    }
  });
});

async function fillHistory({ ctx, runtime }: Office): Promise<void> {
  const states = ['applied', 'applied', 'applied', 'undone', 'refused', 'proposed'];
  const people = [
    { created_by: 1, created_by_name: '이대표' },
    { created_by: 2, created_by_name: '김하나' },
    { created_by: null, created_by_name: '모아' },
  ];
  const start = new Date(2026, 0, 1).getTime();
  const imports = Array.from({ length: 10_000 }, (_, at) => ({
    channel_id: 1,
    file_name: `파일 ${at}.xlsx`,
    file_size: 1000,
    file_sha256: at.toString(16).padStart(64, '0'),
    state: states[at % states.length],
    new_count: at % 50,
    ...people[at % people.length],
    created_at: new Date(start + at * 40 * 60_000),
  }));
  await transaction(ctx(), (tx) => putMany(tx, 'imports', imports));
  const ids: number[] = await runtime.db('imports').orderBy('id').limit(2000).pluck('id');
  const rows = ids.map((import_id, at) => ({
    import_id,
    row_no: 3,
    kind: 'new',
    line_no: `20260301${String(at % 200).padStart(8, '0')}`,
    order_no: `20260302${String(at % 200).padStart(8, '0')}`,
  }));
  await transaction(ctx(), (tx) => putMany(tx, 'import_rows', rows));
}
