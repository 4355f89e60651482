import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import type { Client } from '../support/client.ts';
import { locked } from '../support/malls/twins.ts';
import { type Office, openOffice } from '../support/office.ts';
import { anOrder } from '../support/orders.ts';
import { openFolder } from '../xlsx/folder.ts';
import * as hostile from '../xlsx/hostile-files.ts';
import { aResultFile } from './result-files.ts';

const password = '1234';
const home = '서울특별시 강남구 테헤란로 1 101동 1호';
const aLine = { name: '김하나', phone: '010-1234-5678', address: home, tracking: '612345678901' };

describe('files of couriers that are locked, hostile or worked on by two', () => {
  let office: Office;
  let client: Client;
  let file: Buffer;
  before(async () => {
    office = await openOffice();
    client = await office.as('office');
    file = locked(await aResultFile('cj', [aLine]), password);
  });
  after(() => office[Symbol.asyncDispose]());

  const upload = (content: Buffer, form = {}, name = '결과.xlsx') =>
    client.upload('/couriers/results', [{ name, content }], form);
  const count = async (table: string) =>
    Number((await office.runtime.db(table).count({ n: '*' }).first())!.n);

  test('a locked file is kept and asks for its password; a wrong one says so, the right one opens it', async () => {
    const answer = await upload(file);
    assert.match(answer.location, /^\/couriers\/results\/locked\/\d+$/);
    assert.match((await client.get('/couriers/results')).text, /비밀번호가 필요한 파일/);
    const wrong = await client.post(`${answer.location}/open`, { password: '9999', remember: '1' });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /파일 비밀번호가 맞지 않습니다/);
    assert.match(wrong.text, /name="remember" value="1" checked/);
    assert.doesNotMatch(wrong.text, /9999/);
    assert.equal((await client.post(`${answer.location}/open`, { password: '' })).status, 422);
    assert.deepEqual([await count('courier_locked_files'), await count('courier_results')], [1, 0]);
    assert.equal((await (await office.as('delivery')).get(answer.location)).status, 403);

    const opened = await client.post(`${answer.location}/open`, { password });
    assert.match(opened.location, /^\/couriers\/results\/\d+$/);
    assert.match((await client.get(opened.location)).text, /612345678901/);
    assert.deepEqual([await count('courier_locked_files'), await count('courier_locked_parts')], [0, 0]);
    assert.equal((await client.get(answer.location)).status, 404);
    assert.equal(await count('courier_passwords'), 0, 'nobody asked to remember it');
  });

  test('a wrong password with the upload keeps the file, and a remembered one opens the next by itself', async () => {
    const wrong = await upload(file, { courier: 'cj', password: 'nope', remember: '1' });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /파일 비밀번호가 맞지 않습니다/);
    assert.match(wrong.text, /value="cj" selected/);
    const { id } = await office.runtime.db('courier_locked_files').orderBy('id', 'desc').first('id');
    await client.post(`/couriers/results/locked/${id}/open`, { password, remember: '1' });
    const [kept] = await office.runtime.db('courier_passwords');
    assert.equal(kept.courier, 'cj');
    assert.doesNotMatch(kept.sealed.toString('latin1'), /1234/);
    assert.match((await upload(file)).location, /^\/couriers\/results\/\d+$/);
    await office.runtime.db('courier_passwords').delete();
  });

  test('of two who open a locked file one does, and it is taken in once', async () => {
    const { location } = await upload(file);
    const before = await count('courier_results');
    const answers = await Promise.all([0, 1].map(() => client.post(`${location}/open`, { password })));
    const [late, result] = answers.map((answer) => answer.location).sort((a, b) => a.length - b.length);
    assert.equal(late, '/couriers/results');
    assert.match(result!, /^\/couriers\/results\/\d+$/);
    assert.match((await client.get(late)).text, /그사이 다른 사람이 열었거나 버린 파일입니다/);
    assert.equal(await count('courier_results'), before + 1);
  });

  test('a locked file may be thrown away', async () => {
    const { location } = await upload(file);
    assert.equal((await client.post(`${location}/discard`, {})).status, 303);
    assert.equal(await count('courier_locked_parts'), 0);
  });

  test('hostile files are refused in Korean, and the page answers on', async () => {
    await using folder = await openFolder();
    const made: [string, hostile.Maker][] = [
      ['bombOfRows', hostile.bombOfRows],
      ['entityFromOutside', hostile.entityFromOutside],
      ['cutZip', hostile.cutZip],
      ['picture', hostile.picture],
      ['HwpSummaryInformation', hostile.compoundFile('HwpSummaryInformation')],
    ];
    const before = await count('courier_results');
    for (const [name, make] of made) {
      const path = folder.file(name);
      await make(path);
      const answer = await upload(await readFile(path), {}, `${name}.xlsx`);
      assert.equal(answer.status, 409, name);
      assert.match(answer.text, new RegExp(`‘${name}.xlsx’: [^<]*[가-힣]+[^<]*\\.`), name);
    }
    const halves = [0.2, 0.5, 0.9].map((part) => file.subarray(0, Math.floor(file.length * part)));
    for (const half of halves) assert.ok([409, 303].includes((await upload(half)).status));
    assert.equal(await count('courier_results'), before);
    assert.equal((await client.get('/couriers/results')).status, 200);
  });

  test('whoever applies second sees what the first did, and nothing of it is lost', async () => {
    const lines = [{ recipient_phone: '01012345678' }];
    const [first, second] = [await anOrder(office, { lines }), await anOrder(office, { lines })];
    const { location } = await upload(await aResultFile('cj', [aLine]));
    const page = await client.get(location);
    const seen = /name="seen" value="(\d+)"/.exec(page.text)![1]!;
    const [row, ...targets] = [
      /name="(row-\d+)"/.exec(page.text)![1]!,
      ...[...page.text.matchAll(/<option value="([^"]+)">[^<]*\(1건\)/g)].map(([, key]) => key!),
    ];
    assert.equal(targets.length, 2);
    const one = await client.post(`${location}/apply`, { seen, [row]: targets[0]! });
    assert.equal(one.status, 303, one.text);
    const other = await client.post(`${location}/apply`, { seen, [row]: targets[1]! });
    assert.equal(other.status, 409);
    assert.match(other.text, /김하나 님이 먼저 적용했습니다/);
    const sent = await office.runtime
      .db('order_lines')
      .whereIn(
        'id',
        [...first.lines, ...second.lines].map(({ id }) => id),
      )
      .where({ status: 'dispatched' });
    assert.equal(sent.length, 1);
    const kept = await office.runtime.db('courier_result_rows').where({ decision: targets[0]! });
    assert.equal(kept.length, 1, 'the first decision stays');
  });
});
