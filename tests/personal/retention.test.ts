import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Ctx } from '#lib/ctx.ts';
import { destroyDue, type Retention } from '#lib/retention.ts';
import { requestUndo } from '../../src/channels/undoing.ts';
import { expireDownloads } from '../../src/downloads/taking.ts';
import { modules } from '../../src/modules.ts';
import { defaultTemplate } from '../../src/partners/template.rules.ts';
import { register } from '../../src/personal/register.ts';
import { propose, waitingLines, withMemo } from '../channels/history-office.ts';
import { aResultFile } from '../couriers/result-files.ts';
import { aPartner, aSheetLine } from '../partners/partners-office.ts';
import { importLines } from '../support/imports.ts';
import { locked } from '../support/malls/twins.ts';
import { type Office, openOffice } from '../support/office.ts';

const retains = modules.flatMap((module) => module.retains ?? []);
const dayMs = 24 * 3600 * 1000;
const person = '홍길동';
const phone = '01012345678';

describe('the clocks of what is kept beside orders', () => {
  let office: Office;
  before(async () => {
    office = await openOffice();
  });
  after(() => office[Symbol.asyncDispose]());

  /** So many days from now. */
  const later = (days: number): Ctx => ({ ...office.ctx(), now: () => new Date(Date.now() + days * dayMs) });
  const nightAfter = (days: number, of: readonly Retention[] = retains) => destroyDue(later(days), of);
  const all = (table: string) => office.runtime.db(table);

  test('every clock of the register that says the nightly job destroys it has a retention', () => {
    assert.deepEqual(retains.map(({ name }) => name).sort(), [
      'courier_locked_files',
      'courier_results',
      'imports',
      'partner_sheets',
      'print_runs',
      'unused_imports',
    ]);
    const days = new Set(retains.map((one) => one.days));
    for (const { table, clock } of register.filter(
      (entry) => entry.clock.destroyedBy === 'retention.destroy',
    ))
      assert.ok(days.has(clock.days!), table);
  });

  test('a courier result forgets whom it named after 90 days, and a locked file goes after 7', async () => {
    // locking keeps the whole process busy, so it comes before the first request
    const { content, lockedFile } = await resultFiles();
    const client = await office.as('office');
    const upload = (bytes: Buffer) =>
      client.upload('/couriers/results', [{ name: '결과.xlsx', content: bytes }]);
    const result = await upload(content);
    await upload(lockedFile);
    assert.match((await client.get(result.location)).text, new RegExp(person));

    assert.deepEqual(await nightAfter(6), {});
    assert.deepEqual(await nightAfter(8), { courier_locked_files: 1 });
    assert.equal((await all('courier_locked_parts')).length, 0);
    assert.deepEqual(await nightAfter(89), {});
    assert.deepEqual(await nightAfter(91), { courier_results: 1 });
    const page = await client.get(result.location);
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.text, new RegExp(person));
    assert.match(page.text, /보관 기간 90일이 지나/);
    assert.match(page.text, /612345678901/, 'the number is nobody’s');
    assert.deepEqual(await nightAfter(92), {}, 'done once');
    const events = await all('events').where({ name: 'retention.destroyed' }).orderBy('id').pluck('data');
    assert.deepEqual(
      events.map((data) => JSON.parse(data)),
      [{ courier_locked_files: 1 }, { courier_results: 1 }],
    );
  });

  test('a download whose destroying was cut short is destroyed by the next round', async () => {
    const [id] = await all('downloads').insert({
      list_name: 'orders',
      title: '주문',
      state: 'expired',
      query_json: '{}',
      filter_words: '',
      columns_json: '[]',
      personal: 1,
      row_count: 1,
      file_name: '주문.xlsx',
      created_by: 2,
      created_by_name: '김하나',
      created_at: new Date(),
      expires_at: new Date(),
    });
    await all('download_files').insert({ download_id: id, part: 0, sealed: Buffer.from('x') });
    await expireDownloads(office.ctx());
    assert.deepEqual(await all('download_files').where({ download_id: id }), []);
  });

  test('paper and partners’ sheets forget people after a year, and keep what went', async () => {
    const [run] = await all('print_runs').insert({
      run_no: 901,
      filter_json: JSON.stringify({ q: person, tab: 'all' }),
      delivery_count: 1,
      line_count: 1,
      item_count: 1,
      printed_by_name: '김하나',
      printed_at: new Date(),
    });
    const printed = {
      sido: '서울',
      sigungu: '강남구',
      recipient: person,
      phones: [phone],
      postcode: '06236',
      address: '서울',
      memo: '문 앞',
      badges: [],
      items: [{ name: '침대', quantity: 1, addon: false, struck: false, marks: [] }],
      ordered_on: null,
      wished_on: null,
    };
    const [sheet] = await all('partner_sheets').insert({
      partner_id: await aPartner(office),
      sheet_no: 901,
      part: 1,
      scope: 'waiting',
      line_count: 1,
      item_count: 1,
      purpose: '발주',
      template: JSON.stringify(defaultTemplate),
      made_by_name: '김하나',
      made_at: new Date(),
    });
    const frozen = {
      line: {
        ...aSheetLine({ product: '침대' }),
        recipient_name: person,
        recipient_phone: phone,
        address: '서울',
        memo: '문 앞',
      },
      number: '901',
      day: '2026-11-21',
    };
    const changes = [
      { key: 'recipient_phone', name: '연락처', before: phone, after: '' },
      { key: 'quantity', name: '수량', before: '1', after: '2' },
    ];
    await all('print_run_rows').insert({
      print_run_id: run,
      position: 1,
      delivery_id: 1,
      delivery_revision: 1,
      frozen: JSON.stringify(printed),
    });
    await all('partner_sheet_lines').insert({
      sheet_id: sheet,
      position: 1,
      line_no: 'L1',
      channel_id: 1,
      line_id: 1,
      revision: 1,
      kind: 'changed',
      changes: JSON.stringify(changes),
      frozen: JSON.stringify(frozen),
    });
    await all('partner_sheet_files').insert({ sheet_id: sheet, sealed: Buffer.from('x') });

    assert.deepEqual(await nightAfter(364), {});
    // a worker that is killed half-way leaves rows that are blank and a record that is not marked
    const dying = retains.map((one) => ({
      ...one,
      destroy: async (ctx: Ctx, id: number) => {
        await one.destroy(ctx, id);
        if (one.name !== 'print_runs') return;
        await all('print_runs').where({ id }).update({ personal_destroyed_at: null });
        throw new Error('killed');
      },
    }));
    await assert.rejects(nightAfter(366, dying), /killed/);
    assert.deepEqual(
      await nightAfter(366),
      { print_runs: 1 },
      'the rest had its turn, the begun one is finished',
    );

    const texts = JSON.stringify([
      await all('print_run_rows').where({ print_run_id: run }).pluck('frozen'),
      await all('print_runs').where({ id: run }).pluck('filter_json'),
      await all('partner_sheet_lines').where({ sheet_id: sheet }).select('frozen', 'changes'),
    ]);
    for (const secret of [person, phone, '06236', '문 앞']) assert.ok(!texts.includes(secret), secret);
    assert.ok(texts.includes('침대') && texts.includes('수량'));
    assert.equal((await all('partner_sheet_files').where({ sheet_id: sheet })).length, 0);

    const client = await office.as('office');
    const before = await all('access_records').where({ kind: 'print' });
    const paper = (await client.get(`/deliveries/prints/${run}`)).text;
    assert.match(paper, /보관 기간 1년이 지나 [\d-]+에 이 회차의 이름·연락처·주소·메모를 지웠습니다/);
    assert.deepEqual(await all('access_records').where({ kind: 'print' }), before, 'nobody stands on it');
    const page = (await client.get(`/partners/sheets/${sheet}`)).text;
    assert.match(page, /보관 기간 1년이 지나 [\d-]+에 이 발주서의 이름·연락처·주소와 보낸 파일을 지웠습니다/);
    assert.doesNotMatch(page, /파일 받기/);
    assert.equal((await client.post(`/partners/sheets/${sheet}/file`)).status, 409);
  });

  test('imports forget people: those nobody applied after 90 days, the others after a year', async () => {
    const lines = waitingLines(4);
    const unused = await propose(office.ctx('office'), lines);
    const first = await importLines(office.ctx('office'), lines);
    const second = await importLines(office.ctx('office'), withMemo(lines, '경비실에 맡겨 주세요'));
    const kept = () => all('kept_cells').distinct('import_id').orderBy('import_id').pluck('import_id');

    assert.deepEqual(await nightAfter(89), {});
    assert.deepEqual(await nightAfter(91), { unused_imports: 1 });
    assert.deepEqual(await kept(), [first.importId, second.importId]);
    const row = await all('imports').where({ id: unused }).first();
    assert.deepEqual([row.state, row.failure], ['discarded', '90일 동안 적용하지 않아 버렸습니다.']);

    assert.deepEqual(await nightAfter(366), { imports: 2 });
    assert.deepEqual(await kept(), []);
    const changed = JSON.stringify(
      await all('import_rows').where({ import_id: second.importId }).pluck('changes'),
    );
    assert.doesNotMatch(changed, /경비실/);
    await assert.rejects(requestUndo(office.ctx('office'), second.importId, false), /되돌릴 수 없습니다/);
    const page = await (await office.as('office')).get(`/imports/${second.importId}`);
    assert.equal(page.status, 200);
    assert.match(page.text, /보관 기간이 지나/);
    const line = await all('order_lines').first();
    assert.equal(line.memo, '경비실에 맡겨 주세요', 'the order itself is not ours to destroy');
    assert.equal((await (await office.as('office')).get(`/orders/${line.order_id}`)).status, 200);
  });
});

async function resultFiles(): Promise<{ content: Buffer; lockedFile: Buffer }> {
  const content = await aResultFile('cj', [
    { name: person, phone, address: '서울', tracking: '612345678901' },
  ]);
  return { content, lockedFile: locked(content, '1234') };
}
