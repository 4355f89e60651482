import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { findChannelByCode } from '#channels';
import { NotFound } from '#lib/errors.ts';
import { destroyOldOriginals, takeOriginal } from '../../src/channels/originals.ts';
import { readImport } from '../../src/channels/reading.ts';
import { receiveFile } from '../../src/channels/receiving.ts';
import { aSmartStoreFile, importLines, someLines } from '../support/imports.ts';
import { type Office, openOffice } from '../support/office.ts';
import { importOf } from './history-office.ts';

async function receive(office: Office, path: string, name = '11월 주문.xlsx'): Promise<number> {
  const ctx = office.ctx('office');
  return receiveFile(ctx, await findChannelByCode(ctx, 'smartstore'), { name, path });
}

const eventsOf = (office: Office, id: number, name: string) =>
  office.runtime.db('events').where({ subject_type: 'import', subject_id: id, name });

test('an admin takes the original file, byte for byte, and who, when, what and why is recorded', async () => {
  await using office = await openOffice();
  await using file = await aSmartStoreFile(someLines(1500));
  const bytes = readFileSync(file.path);
  const id = await receive(office, file.path);
  const admin = await office.as('admin');

  const asked = await admin.get(`/imports/${id}/original`);
  assert.match(asked.text, /받는 까닭/);
  const blank = await admin.post(`/imports/${id}/original`, { reason: ' ' });
  assert.equal(blank.status, 422);
  assert.match(blank.text, /원본 파일을 받는 까닭을 적어 주세요/);
  assert.equal((await eventsOf(office, id, 'import.original_taken')).length, 0);

  const taken = await admin.post(`/imports/${id}/original`, { reason: '금액 대조' });
  assert.equal(taken.status, 200);
  assert.ok(taken.bytes.equals(bytes));
  assert.match(taken.headers.get('content-disposition') ?? '', /attachment; .*filename\*=UTF-8''11%EC%9B%94/);
  const [event] = await eventsOf(office, id, 'import.original_taken');
  const { file_sha256, file_size } = await importOf(office, id);
  assert.equal(event.actor_name, '이대표');
  assert.deepEqual(JSON.parse(event.data), {
    file: '11월 주문.xlsx',
    sha256: file_sha256,
    size: file_size,
    reason: '금액 대조',
  });
  const page = await admin.get(`/imports/${id}`);
  assert.match(page.text, /원본 파일을 받았습니다: 금액 대조/);
  assert.ok(page.text.includes(file_sha256));
});

test('nobody else may have it: not by the page, not past it', async () => {
  await using office = await openOffice();
  await using file = await aSmartStoreFile(someLines(2));
  const id = await receive(office, file.path);
  const clerk = await office.as('office');
  assert.equal((await clerk.get(`/imports/${id}/original`)).status, 403);
  assert.equal((await clerk.post(`/imports/${id}/original`, { reason: '궁금함' })).status, 403);
  assert.doesNotMatch((await clerk.get(`/imports/${id}`)).text, /원본 파일 받기/);
  await assert.rejects(takeOriginal(office.ctx('office'), id, '궁금함'), NotFound);
  assert.equal((await office.stranger().get(`/imports/${id}/original`)).status, 303);
  assert.equal((await eventsOf(office, id, 'import.original_taken')).length, 0);
});

test('a file is destroyed after 90 days, not a day before; its import and its lines stay', async () => {
  await using office = await openOffice();
  const { db } = office.runtime;
  const old = await importLines(office.ctx('office'), someLines(5));
  const young = await importLines(office.ctx('office'), someLines(5, undefined, 2));
  const days = (n: number) => new Date(Date.now() - n * 24 * 3600 * 1000);
  await db('imports')
    .where({ id: old.importId })
    .update({ created_at: days(91) });
  await db('imports')
    .where({ id: young.importId })
    .update({ created_at: days(89) });

  assert.equal(await destroyOldOriginals(office.ctx()), 1);
  assert.equal(await destroyOldOriginals(office.ctx()), 0, 'once');
  assert.deepEqual(await db('import_files').distinct('import_id').pluck('import_id'), [young.importId]);
  const row = await importOf(office, old.importId);
  assert.ok(row.file_destroyed_at);
  assert.equal(row.state, 'applied');
  assert.equal((await eventsOf(office, old.importId, 'import.original_destroyed')).length, 1);

  const admin = await office.as('admin');
  const page = await admin.get(`/imports/${old.importId}`);
  assert.match(page.text, /원본은 \d{4}-\d\d-\d\d에 지웠습니다/);
  assert.doesNotMatch(page.text, /원본 파일 받기…/);
  const late = await admin.post(`/imports/${old.importId}/original`, { reason: '금액 대조' });
  assert.equal(late.status, 409);
  assert.match(late.text, /90일이 지나/);
});

test('a file nobody opened in 90 days is given up with it', async () => {
  await using office = await openOffice();
  await using file = await aSmartStoreFile(someLines(3), { password: '2026' });
  const id = await receive(office, file.path);
  await readImport(office.ctx(), id, () => {});
  assert.equal((await importOf(office, id)).state, 'locked');
  const longAgo = new Date(Date.now() - 100 * 24 * 3600 * 1000);
  await office.runtime.db('imports').where({ id }).update({ created_at: longAgo });
  await destroyOldOriginals(office.ctx());
  const row = await importOf(office, id);
  assert.equal(row.state, 'cancelled');
  const page = await (await office.as('office')).get(`/imports/${id}`);
  assert.match(page.text, /90일 동안 읽지 않아 원본 파일을 지웠습니다/);
});

test('the very same file dropped again is said and linked, and not refused', async () => {
  await using office = await openOffice();
  await using file = await aSmartStoreFile(someLines(4));
  await using another = await aSmartStoreFile(someLines(5));
  const client = await office.as('office');
  const first = await receive(office, file.path, '아침.xlsx');
  const second = await receive(office, file.path, '점심.xlsx');
  const other = await receive(office, another.path, '저녁.xlsx');
  for (const id of [first, second, other]) await readImport(office.ctx(), id, () => {});

  const page = await client.get(`/imports/${second}`);
  assert.match(
    page.text,
    new RegExp(`똑같은 파일을 .* 김하나 님이 올렸습니다: <a href="/imports/${first}">아침.xlsx</a>`),
  );
  assert.equal((await importOf(office, second)).state, 'proposed');
  for (const id of [first, other]) {
    assert.doesNotMatch((await client.get(`/imports/${id}`)).text, /똑같은 파일을/);
  }
  const list = await client.get('/imports');
  assert.equal(list.text.match(/같은 파일<\/span>/g)?.length, 1);
});
