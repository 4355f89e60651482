import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { findChannelByCode, importFile } from '#channels';
import { writeTextSheet } from '#lib/xlsx/text-sheet.ts';
import { writers } from '../../src/channels/jobs.ts';
import type { Client } from '../support/client.ts';
import { importLines, someLines } from '../support/imports.ts';
import { type Office, openOffice } from '../support/office.ts';
import { anOrder, rowsOn } from '../support/orders.ts';
import { openFolder } from '../xlsx/folder.ts';
import { ask, type ReadFile, readFile } from './support.ts';

let office: Office;
let client: Client;
let imported: number;
before(async () => {
  office = await openOffice();
  const ctx = office.ctx('office');
  const lines = someLines(40);
  await importLines(ctx, lines.slice(0, 24));
  const { importId } = await importLines(ctx, someLines(40, '2026-11-14 09:00:00'), {
    apply: false,
    tweak: (cells, index) =>
      index % 9 === 4
        ? { ...cells, 수량: '둘', 상품주문번호: '' }
        : { ...cells, 배송메세지: `문 앞 ${index % 3}` },
  });
  imported = importId;
  for (let at = 0; at < 12; at++) {
    await anOrder(office, {
      lines: [
        { recipient_name: `${'가나다라'[at % 4]}민수`, ordered_at: `2026-11-0${1 + (at % 9)} 10:00:00` },
      ],
    });
  }
  client = await office.as('office');
});
after(() => office[Symbol.asyncDispose]());

const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31);
const runs = { numRuns: 8, seed, endOnFailure: true };
const dir = fc.constantFrom('asc', 'desc');

test('a file of an import’s rows holds the rows of the tab, in its order, whatever is searched for', async () => {
  const orderNo: string = (await office.runtime.db('import_rows').whereNotNull('order_no').first()).order_no;
  const state = fc.record({
    kind: fc.constantFrom('', 'new', 'changed', 'same', 'conflict', 'rejected', 'moved', 'kept', 'all'),
    dir,
    sort: fc.constant('row_no'),
    q: fc.constantFrom('', '', '문 앞 1', orderNo, '없는 글'),
  });
  await fc.assert(
    fc.asyncProperty(state, async (asked) => {
      const shown = (await walk(`/imports/${imported}`, asked)).flatMap(rowsOn);
      const answer = await ask(client, 'import-rows', {
        ...asked,
        import: String(imported),
        columns: ['row', 'kind', 'reason'],
      });
      if (shown.length === 0) return assert.equal(answer.status, 409);
      const { rows, totals } = await readFile(answer.bytes);
      assert.deepEqual(
        rows.map((row) => [row['[모아] 행'], row['[모아] 결과']]),
        shown.map((cells) => [cells[0], cells[1]]),
      );
      assert.equal(totals[0], `합계 ${shown.length}건`);
    }),
    runs,
  );
});

test('a file of parcels holds the parcels of the list, in its order, whatever the filter', async () => {
  const state = fc.record({
    state: fc.constantFrom('', 'sent', 'all'),
    sort: fc.constantFrom('ordered_at', 'recipient'),
    dir,
    from: fc.constantFrom('', '2026-11-03'),
    to: fc.constantFrom('', '2026-11-06'),
    courier: fc.constantFrom('', '', 'cj', 'none'),
    q: fc.constantFrom('', '', '가민수', '없는사람'),
  });
  const [sent]: number[] = await office.runtime
    .db('order_lines')
    .where({ recipient_name: '가민수' })
    .pluck('id');
  await client.post('/couriers/sheets', { ids: [sent!], send_to: 'cj', reason: '접수' });
  await fc.assert(
    fc.asyncProperty(state, async (asked) => {
      const shown = (await walk('/couriers', asked)).flatMap(rowsOn);
      const answer = await ask(client, 'parcels', {
        ...asked,
        columns: ['order_no', 'recipient_name', 'recipient_phone', 'quantity'],
      });
      if (shown.length === 0) return assert.equal(answer.status, 409);
      const { rows, totals } = await readFile(answer.bytes);
      assert.deepEqual(
        rows.map((row) => [row.주문번호, row['받는 분'], row.연락처]),
        shown.map((cells) => cells.slice(3, 6)),
      );
      assert.equal(
        Number(totals[3]),
        rows.reduce((sum, row) => sum + Number(row.수량), 0),
      );
    }),
    runs,
  );
});

test('rejected rows come back with every cell, and are taken in once they are put right', async () => {
  const admin = await office.as('admin'); // who has chosen no columns yet
  const choice = await admin.get(`/downloads/new/import-rows?import=${imported}&kind=rejected`);
  const offered = [...choice.text.matchAll(/name="columns" value="([^"]*)"( checked)?/g)];
  assert.ok(
    offered.every(([, , checked]) => checked),
    'all columns are in the file unless somebody leaves some out',
  );
  const answer = await ask(admin, 'import-rows', {
    import: String(imported),
    kind: 'rejected',
    columns: offered.map(([, key]) => key!),
  });
  const file = await readFile(answer.bytes);
  const [first] = file.rows;
  assert.deepEqual(
    [first!['[모아] 결과'], first!['[모아] 열'], first!['[모아] 값']],
    ['거절', '상품주문번호 / 수량', '빈 칸 / 둘'],
  );
  assert.match(first!['[모아] 까닭']!, /비어 있습니다.* \/ 수량은 0 이상의 정수/);
  assert.equal(first!.수량, '둘');
  assert.match(first!.우편번호!, /^\d{5}$/);

  const { importId } = await takeIn({
    ...file,
    rows: file.rows.map((row, at) => ({
      ...row,
      수량: '1',
      상품주문번호: `20261199${String(at).padStart(8, '0')}`,
    })),
  });
  const again = await office.runtime.db('imports').where({ id: importId }).first();
  assert.deepEqual(
    [again.state, again.rows_read, again.new_count, again.rejected_count],
    ['proposed', file.rows.length, file.rows.length, 0],
    'the row of totals is none of the mall’s',
  );
  const lines = await client.get(`/imports/${importId}?kind=all`);
  const shown = rowsOn(lines.text);
  assert.deepEqual(
    shown.map((cells) => cells[3]),
    file.rows.map((row) => row.수취인명),
  );
  const taken = await client.get(`/downloads/new/import-rows?import=${importId}`);
  assert.equal([...taken.text.matchAll(/\[모아\] 행</g)].length, 1, 'our own columns are not taken in');
});

test('what a person leaves out is left out of files of the same kind only', async () => {
  const query = { import: String(imported), kind: 'all' };
  await ask(client, 'import-rows', { ...query, columns: ['row', 'cell 주문번호'] });
  const kept = await client.get(`/downloads/new/import-rows?import=${imported}`);
  assert.equal([...kept.text.matchAll(/name="columns" value="[^"]*" checked/g)].length, 2);
  const first = await client.get('/downloads/new/import-rows?import=1');
  assert.equal([...first.text.matchAll(/name="columns" value="[^"]*" checked/g)].length, 2, 'the same mall');
  await office.runtime.db('imports').where({ id: 1 }).update({ columns_json: '["주문번호","메모"]' });
  const other = await client.get('/downloads/new/import-rows?import=1');
  assert.match(other.text, /value="cell 메모" checked/);
});

test('who may not know people is offered no column that tells of them', async () => {
  const ctx = office.ctx('office');
  const { importRowSource } = await import('../../src/channels/import-row-source.ts');
  const permissions = new Set([...ctx.actor.permissions].filter((code) => code !== 'orders.personal'));
  const query = { filters: { import: String(imported) } } as never;
  const titles = async (asked: typeof ctx) =>
    (await importRowSource.ownColumns!(asked, query)).columns.map(({ title }) => title);
  const [all, fewer] = [await titles(ctx), await titles({ ...ctx, actor: { ...ctx.actor, permissions } })];
  assert.ok(
    ['수취인명', '통합배송지', '수량', '주문번호'].every((title) => all.includes(title)),
    all.join(),
  );
  assert.ok(
    ['수량', '주문번호'].every((title) => fewer.includes(title)),
    fewer.join(),
  );
  assert.ok(
    ['수취인명', '통합배송지', '구매자연락처'].every((title) => !fewer.includes(title)),
    fewer.join(),
  );
});

/** Walks all pages of a list as a person does. */
async function walk(path: string, asked: Record<string, string>): Promise<string[]> {
  const state = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== ''));
  const pages: string[] = [];
  for (let page = 1; ; page++) {
    const { status, text } = await client.get(
      `${path}?${new URLSearchParams({ ...state, size: '20', page: String(page) })}`,
    );
    assert.equal(status, 200);
    pages.push(text);
    if (!/aria-label="다음 쪽"/.test(text)) return pages;
  }
}

/** The file as a person saves it, with its row of totals. */
async function takeIn({ titles, rows, totals }: ReadFile) {
  await using folder = await openFolder();
  const path = folder.file('고친 행.xlsx');
  await writeTextSheet(path, '가져온 행', titles, [
    ...rows.map((row) => titles.map((title) => row[title] ?? '')),
    totals,
  ]);
  const ctx = office.ctx('office');
  return await importFile(ctx, await findChannelByCode(ctx, 'smartstore'), {
    file: { name: '고친 행.xlsx', path },
    apply: false,
    writers,
    progress: () => {},
  });
}
