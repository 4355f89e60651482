import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { exportDispatchFile, findChannelByCode } from '#channels';
import { type Dispatch, type LineRow, markDispatched } from '#orders';
import { writers } from '../../src/channels/jobs.ts';
import type { Answer } from '../support/client.ts';
import { importLines, someLines } from '../support/imports.ts';
import { assertInvariants } from '../support/invariants.ts';
import { type Office, openOffice } from '../support/office.ts';
import { sheetOf } from '../support/sheets.ts';

const byOurselves: Dispatch = { method: 'direct', courier: '', trackingNo: '' };
const header = ['상품주문번호', '배송방법', '택배사', '송장번호'];

/** Imports some lines and marks the first `count` of those that wait as dispatched. */
async function send(
  office: Office,
  count: number,
  dispatch: Dispatch = byOurselves,
  imported = someLines(40, '2026-11-10 12:00:00'),
): Promise<LineRow[]> {
  await importLines(office.ctx('office'), imported);
  const lines: LineRow[] = await office.runtime
    .db('order_lines')
    .where({ status: 'acknowledged' })
    .orderBy('id') // as in the file
    .limit(count);
  await markDispatched(
    office.ctx('office'),
    lines.map((line) => line.id),
    dispatch,
  );
  return lines.sort((a, b) => a.line_no.localeCompare(b.line_no));
}

function fileNameOf({ headers }: Answer): string {
  const [, name = ''] = /filename\*=UTF-8''([^;]+)/.exec(headers.get('content-disposition') ?? '') ?? [];
  return decodeURIComponent(name);
}

test('what was marked as dispatched is listed, downloaded once, and can be had again until the mall shows it', async () => {
  await using office = await openOffice();
  const lines = await send(office, 3);
  const client = await office.as('office');
  const page = await client.get('/dispatch');
  assert.match(page.text, /3건 파일 받기/);
  for (const line of lines) assert.ok(page.text.includes(line.line_no));

  const file = await client.post('/dispatch/files', { scope: '' });
  assert.equal(file.status, 200);
  assert.match(fileNameOf(file), /^발송처리_스마트스토어_\d{8}_\d{4}\.xlsx$/);
  assert.match(file.headers.get('content-type') ?? '', /spreadsheetml/);
  const sheet = await sheetOf(file.bytes);
  assert.equal(sheet.name, '발송처리');
  assert.deepEqual(sheet.rows, [header, ...lines.map((line) => [line.line_no, '직접전달', '', ''])]);

  const after = await client.get('/dispatch');
  assert.match(after.text, /보낼 발송처리가 없습니다/);
  assert.match(after.text, /김하나 · 3건/);
  const again = await client.post('/dispatch/files', { scope: 'unseen' });
  assert.deepEqual((await sheetOf(again.bytes)).rows, sheet.rows);

  await importLines(office.ctx('office'), someLines(40, '2026-12-30 09:00:00'));
  const shown = await client.get('/dispatch?scope=unseen');
  assert.match(shown.text, /보낼 발송처리가 없습니다/);
});

test('values that look like formulas leave as text', async () => {
  await using office = await openOffice();
  const formula = '=HYPERLINK("http://example.com")';
  const [line] = await send(office, 1, { method: 'courier', courier: '해외 특송', trackingNo: '+82-10' });
  const told = { mall: 'smartstore', added: '해외특송', added_text: formula };
  assert.equal((await (await office.as('admin')).post('/dispatch/spellings', told)).status, 303);
  const file = await (await office.as('office')).post('/dispatch/files', { scope: '' });
  const { rows, formats } = await sheetOf(file.bytes);
  assert.deepEqual(rows, [header, [line!.line_no, '택배,등기,소포', formula, '+82-10']]);
  assert.deepEqual(formats, ['@']);
});

test('a file made while an import replaces the same lines still counts as made', async () => {
  await using office = await openOffice();
  const ctx = office.ctx('office');
  const manyLines = someLines(800, '2026-11-10 12:00:00'); // more than are written in one step
  const lines = await send(office, 5, byOurselves, manyLines);
  const channel = await findChannelByCode(ctx, 'smartstore');
  const path = join(tmpdir(), `moa-test-${process.pid}.xlsx`);
  let steps = 0;
  let made: Promise<number> | undefined;
  const exporting: typeof writers = {
    ...writers,
    place: (tx, batch, changes, earlier) => {
      steps += 1;
      if (steps === 2) made = exportDispatchFile(ctx, channel, 'due', path);
      return writers.place(tx, batch, changes, earlier);
    },
  };
  const newMemos = manyLines.map((line) => ({ ...line, 배송메세지: '문 앞에' }));
  await importLines(ctx, newMemos, { writers: exporting });
  assert.equal(await made, lines.length);
  await rm(path);

  const left = await office.runtime.db('order_lines').where({ mall_report: 'due' });
  assert.deepEqual(left, []);
  await assertInvariants(office.runtime.db);
});

test('the file is for the office, and only from its own page', async () => {
  await using office = await openOffice();
  await send(office, 1);
  const delivery = await office.as('delivery');
  assert.equal((await delivery.get('/dispatch')).status, 403);
  assert.equal((await delivery.post('/dispatch/files', { scope: '' })).status, 403);
  const stranger = await office.stranger().get('/dispatch');
  assert.equal(stranger.location, '/sign-in?next=%2Fdispatch');
  const forged = await (await office.as('office')).post('/dispatch/files', { _csrf: 'x', scope: '' });
  assert.equal(forged.status, 403);
  assert.equal((await office.runtime.db('dispatch_files')).length, 0);
});
