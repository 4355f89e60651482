import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Knex } from 'knex';
import { refreshDeliveries } from '#deliveries';
import { transaction } from '#lib/db.ts';
import type { Finding, Invariant } from '#lib/invariants.ts';
import { destroyDue } from '#lib/retention.ts';
import { expireDownloads } from '../../src/downloads/taking.ts';
import { modules } from '../../src/modules.ts';
import { checkAll } from '../../src/operations/checks/checking.ts';
import { checkAndKeep } from '../../src/operations/checks/runs.ts';
import { aResultFile } from '../couriers/result-files.ts';
import { openBusyOffice } from '../pages/busy-office.ts';
import type { Office } from '../support/office.ts';
import { anOrder } from '../support/orders.ts';

const rules = modules.flatMap(({ invariants = [] }) => invariants);

let office: Office;
before(async () => {
  office = await openBusyOffice();
  await sendAParcel(office);
  const ctx = office.ctx();
  // what the busy office did behind everybody's back
  await ctx
    .db('download_files')
    .whereNotIn('download_id', ctx.db('downloads').where({ state: 'ready' }).select('id'))
    .delete();
  const ids: number[] = await ctx.db('deliveries').pluck('id');
  await transaction(ctx, (tx) => refreshDeliveries(tx, ids));
});
after(() => office[Symbol.asyncDispose]());

/** A parcel that a courier has, and its number that came back. */
async function sendAParcel(to: Office): Promise<void> {
  const order = await anOrder(to, { lines: [{}] });
  const { db } = to.runtime;
  const imported = await db('import_rows').where({ kind: 'new' }).first('import_id', 'row_no');
  await db('order_lines')
    .where({ order_id: order.id })
    .update({ source_import_id: imported.import_id, source_row: imported.row_no });
  const client = await to.as('office');
  await client.post('/couriers/sheets', { ids: [order.lines[0]!.id], send_to: 'cj', reason: '접수' });
  const { id } = await db('courier_parcels').orderBy('id', 'desc').first('id');
  const content = await aResultFile('cj', [
    { no: `MOA${String(id).padStart(8, '0')}`, tracking: '6123-4567-8901' },
  ]);
  const { location } = await client.upload('/couriers/results', [{ name: '결과.xlsx', content }]);
  const applied = await client.post(`${location}/apply`, {});
  assert.equal(applied.status, 303, applied.text);
  // written by hand in this test alone: no file told of it
  await db('order_lines').where({ order_id: order.id }).update({ source_import_id: null, source_row: null });
  await db('events').insert({
    name: 'order.entered',
    subject_type: 'order',
    subject_id: order.id,
    actor_name: '시험',
    data: '{}',
    at: new Date(),
  });
}

test('a busy office breaks none of its rules', async () => {
  const results = await checkAll(office.ctx(), rules);
  const found = results.flatMap(({ rule, findings, leftBecause }) => [
    ...findings.map(({ words }) => `${rule.name}: ${words}`),
    ...(leftBecause ? [`${rule.name}: ${leftBecause}`] : []),
  ]);
  assert.deepEqual(found, []);
  assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length, 'no two rules have one name');
});

/** What could go wrong, and the rule that has to notice. One statement each, or several. */
const faults: Record<string, Record<string, string | string[]>> = {
  'orders.order': {
    'an order vanishes': 'DELETE FROM orders WHERE id = (SELECT MIN(order_id) FROM order_lines)',
    'a line stands with the order of another number':
      "UPDATE order_lines SET order_no = 'X1' ORDER BY id LIMIT 1",
  },
  'orders.words': { 'a status nobody knows': "UPDATE order_lines SET status = 'lost' ORDER BY id LIMIT 1" },
  'orders.settled': {
    'a line stays hidden': 'UPDATE order_lines SET hidden_batch_id = 1 ORDER BY id LIMIT 1',
    'a line of an import that was taken back':
      "UPDATE change_batches SET state = 'aborted' WHERE id = (SELECT MIN(batch_id) FROM order_lines WHERE batch_id > 0)",
    'a line of an import that never was': 'UPDATE order_lines SET batch_id = 999999 ORDER BY id LIMIT 1',
  },
  'orders.sources': {
    'the row a line came from is gone':
      "DELETE FROM import_rows WHERE kind = 'new' AND line_no = (SELECT MIN(line_no) FROM order_lines WHERE source_import_id IS NOT NULL)",
    'nobody has entered a line': "DELETE FROM events WHERE name = 'order.entered'",
  },
  'orders.records': {
    'an act without its event': "DELETE FROM events WHERE name = 'order.dispatched' ORDER BY id LIMIT 1",
    'a change nobody made': 'UPDATE order_lines SET revision = revision + 1 ORDER BY id LIMIT 1',
  },
  'orders.held': { 'held by nobody': "UPDATE order_lines SET status = 'held' ORDER BY id LIMIT 1" },
  'orders.stores': {
    'a store has somebody to tell':
      "UPDATE order_lines SET mall_report = 'due' WHERE channel_id = (SELECT channel_id FROM stores LIMIT 1)",
  },
  'orders.counts': {
    'a tab counts one more': 'UPDATE line_counts SET n = n + 1 LIMIT 1',
    'a tab forgets a day': 'DELETE FROM line_counts WHERE n > 0 LIMIT 1',
    'a status changed behind the tab':
      "UPDATE order_lines SET status = 'confirmed' WHERE status <> 'confirmed' LIMIT 1",
  },
  'products.options': {
    'an option vanishes': 'DELETE FROM options WHERE id = (SELECT MIN(option_id) FROM channel_options)',
    'a product vanishes': 'DELETE FROM products WHERE id = (SELECT MIN(product_id) FROM options)',
  },
  'products.lines': {
    'the words for an option vanish':
      'DELETE FROM channel_options WHERE id = (SELECT MIN(channel_option_id) FROM order_lines)',
  },
  'deliveries.lines': {
    'a direct line is in no delivery':
      "UPDATE order_lines SET delivery_id = NULL WHERE method = 'direct' LIMIT 1",
    'a delivery vanishes': 'DELETE FROM deliveries WHERE live_count > 0 LIMIT 1',
    'a parcel is in a delivery': "UPDATE order_lines SET method = 'courier' WHERE method = 'direct' LIMIT 1",
    'a delivery of another channel': 'UPDATE deliveries SET channel_id = channel_id + 1 LIMIT 1',
  },
  'deliveries.sums': {
    'a delivery nothing is in':
      'UPDATE order_lines SET delivery_id = delivery_id + 5000 WHERE delivery_id = (SELECT MIN(id) FROM deliveries)',
    'a line cancelled behind its delivery':
      "UPDATE order_lines SET status = 'cancelled' WHERE delivery_id IS NOT NULL AND status = 'acknowledged' LIMIT 1",
    'a state nobody came to': "UPDATE deliveries SET state = 'delivered' WHERE state = 'waiting' LIMIT 1",
    'another address than that of its lines':
      "UPDATE deliveries SET address = '부산광역시' WHERE live_count > 0 LIMIT 1",
    'another name': "UPDATE deliveries SET recipient_name = '아무개' WHERE live_count > 0 LIMIT 1",
    'another phone': "UPDATE deliveries SET recipient_phone = '0200000000' WHERE live_count > 0 LIMIT 1",
    'a day too early': "UPDATE deliveries SET ship_by = '2020-01-01' WHERE live_count > 0 LIMIT 1",
    'a memo that is not told': "UPDATE deliveries SET memo = '경비실' WHERE live_count > 0 LIMIT 1",
    'an added line too many': 'UPDATE deliveries SET added_count = added_count + 1 LIMIT 1',
  },
  'deliveries.bundles': {
    'a bundle number leads nowhere': 'UPDATE delivery_keys SET delivery_id = 999999 LIMIT 1',
    'a bundle number is forgotten': 'DELETE FROM delivery_keys LIMIT 1',
  },
  'deliveries.settled': { 'a delivery stays hidden': 'UPDATE deliveries SET hidden_batch_id = 1 LIMIT 1' },
  'deliveries.counts': { 'a district counts one more': 'UPDATE delivery_counts SET n = n + 1 LIMIT 1' },
  'deliveries.prints': {
    'a sheet loses a delivery': 'DELETE FROM print_run_rows ORDER BY position LIMIT 1',
    'a print run vanishes': ['DELETE FROM print_run_rows', 'DELETE FROM print_runs'],
    'printed by nobody': "DELETE FROM events WHERE name = 'delivery.printed'",
  },
  'imports.counts': {
    'an import counts one more':
      "UPDATE imports SET new_count = new_count + 1 WHERE state = 'applied' LIMIT 1",
    'a row is lost': "DELETE FROM import_rows WHERE kind = 'same' OR kind = 'new' LIMIT 1",
    'a file has fewer rows than were read':
      "UPDATE imports SET rows_read = rows_read + 3 WHERE state = 'undone' LIMIT 1",
    'an undo left more': "UPDATE imports SET kept_count = 2 WHERE state = 'undone' LIMIT 1",
  },
  'imports.lines': {
    'an order is lost':
      "DELETE FROM order_lines WHERE source_import_id = (SELECT MIN(id) FROM imports WHERE state = 'applied') LIMIT 1",
  },
  'imports.states': {
    'applied by nobody': "DELETE FROM events WHERE name = 'import.applied' LIMIT 1",
    'undone at no time': "UPDATE imports SET undone_at = NULL WHERE state = 'undone'",
    'its batch vanishes': "DELETE FROM change_batches WHERE kind = 'undo'",
  },
  'imports.stuck': {
    'an import stands still':
      "UPDATE imports SET state = 'applying', beat_at = NOW() - INTERVAL 1 HOUR WHERE state = 'proposed' LIMIT 1",
    'a batch that ended keeps its channel':
      "UPDATE change_batches SET busy_channel_id = channel_id WHERE state = 'done' LIMIT 1",
  },
  'imports.waiting': {
    'a row has met an order nowhere': [
      "UPDATE imports SET met_count = 1 WHERE state = 'applied' LIMIT 1",
      "UPDATE import_rows SET kind = 'met', met_import_id = 999999 WHERE import_id = (SELECT MIN(id) FROM imports WHERE met_count = 1) LIMIT 1",
    ],
  },
  'imports.files': {
    'a part of a file is lost': 'DELETE FROM import_files ORDER BY import_id DESC LIMIT 1',
    'a byte of a file is another':
      'UPDATE import_files SET sealed = REVERSE(sealed) ORDER BY import_id DESC, part LIMIT 1',
    'a file is another': `UPDATE imports SET file_sha256 = '${'0'.repeat(64)}' ORDER BY id DESC LIMIT 1`,
  },
  'imports.cells': { 'the columns of a mall are lost': 'DELETE FROM kept_cells' },
  'couriers.runs': {
    'a parcel is lost': 'DELETE FROM courier_parcels LIMIT 1',
    'a box too many': 'UPDATE courier_runs SET box_count = box_count + 1',
    'made by nobody': "DELETE FROM events WHERE name = 'couriers.sheet_made'",
  },
  'couriers.parcels': {
    'a parcel of two channels': 'UPDATE courier_parcel_lines SET channel_id = channel_id + 1',
    'the sheet of a parcel is lost': 'DELETE FROM courier_runs',
  },
  'couriers.results': {
    'a row of a result is lost': 'DELETE FROM courier_result_rows LIMIT 1',
    'applied by nobody': "DELETE FROM events WHERE name = 'couriers.result_applied'",
    'a discarded result has sent': "UPDATE courier_results SET state = 'discarded'",
  },
  'couriers.sent': {
    'what was sent is gone':
      'DELETE FROM order_lines WHERE line_no = (SELECT MIN(line_no) FROM courier_result_lines)',
  },
  'partners.sheets': {
    'a line of a sheet is lost': 'DELETE FROM partner_sheet_lines ORDER BY sheet_id, position LIMIT 1',
    'a sheet asks for one more': 'UPDATE partner_sheets SET item_count = item_count + 1 LIMIT 1',
    'the file that was sent is lost': 'DELETE FROM partner_sheet_files LIMIT 1',
    'sent by nobody': "DELETE FROM events WHERE name = 'partner.sheet_sent' LIMIT 1",
  },
  'partners.numbers': { 'a number is skipped': 'UPDATE partner_sheets SET sheet_no = sheet_no + 5 LIMIT 1' },
  'partners.standing': {
    'an ordered line is forgotten': 'DELETE FROM partner_lines LIMIT 1',
    'the sheet of a line is lost': 'DELETE FROM partner_sheets WHERE undone_at IS NULL',
    'told by a sheet that was taken back':
      'UPDATE partner_lines SET told_sheet_id = (SELECT MAX(id) FROM partner_sheets WHERE undone_at IS NOT NULL) LIMIT 1',
  },
  'partners.products': { 'a partner vanishes': 'DELETE FROM partners' },
  'stores.forms': {
    'a form is lost': 'DELETE FROM store_orders LIMIT 1',
    'the order of a form is lost': 'DELETE FROM orders WHERE id IN (SELECT order_id FROM store_orders)',
  },
  'stores.prices': {
    'a price that does not come to the amount':
      'UPDATE store_order_lines SET unit_price = unit_price + 1 LIMIT 1',
    'a price is lost': 'DELETE FROM store_order_lines LIMIT 1',
  },
  'stores.paid': { 'less than nothing was paid': 'UPDATE store_orders SET paid_amount = -1 LIMIT 1' },
  'stores.numbers': { 'a series starts again': "UPDATE counters SET value = 0 WHERE name LIKE 'order:%'" },
  'accounts.roles': { 'a role nobody knows': "UPDATE users SET role = 'ghost' LIMIT 1" },
  'accounts.owners': {
    'a scope of nobody': 'UPDATE user_channels SET user_id = 999',
    'a channel that is none': 'UPDATE user_channels SET channel_id = 999',
  },
  'accounts.administrator': {
    'the last administrator is disabled': "UPDATE users SET disabled_at = NOW() WHERE role = 'admin'",
  },
  'downloads.files': {
    'a file is lost': 'DELETE FROM download_files',
    'an expired file is still there': "UPDATE downloads SET state = 'expired' WHERE state = 'ready'",
  },
  'regions.ranges': {
    'two districts have one code':
      "UPDATE region_ranges SET to_code = '99999' WHERE valid_to IS NULL ORDER BY from_code LIMIT 1",
  },
  'retention.print_runs': { 'old paper': 'UPDATE print_runs SET printed_at = NOW() - INTERVAL 2 YEAR' },
  'retention.partner_sheets': { 'old sheets': 'UPDATE partner_sheets SET made_at = NOW() - INTERVAL 2 YEAR' },
  'retention.courier_results': {
    'old results': 'UPDATE courier_results SET made_at = NOW() - INTERVAL 1 YEAR',
  },
  'retention.courier_locked_files': {
    'a file nobody opened':
      "INSERT INTO courier_locked_files (file_name, file_sha256, made_by_name, made_at) VALUES ('결과.xlsx', '', '김하나', NOW() - INTERVAL 1 MONTH)",
  },
  'retention.imports': {
    'old rows': "UPDATE imports SET created_at = NOW() - INTERVAL 2 YEAR WHERE state = 'applied'",
  },
  'retention.unused_imports': {
    'rows nobody used': "UPDATE imports SET created_at = NOW() - INTERVAL 1 YEAR WHERE state = 'undone'",
  },
  'personal.chain': {
    'a record was slipped in':
      "INSERT INTO access_records (at, actor_name, address, path, kind, subject_type, people, detail, reason, subjects) VALUES (NOW(), '누구', '', '', 'view', '', 1, '', '', '')",
  },
};

for (const [name, planted] of Object.entries(faults)) {
  for (const [title, statements] of Object.entries(planted)) {
    test(`${name} notices: ${title}`, async () => {
      const rule = rules.find((one) => one.name === name);
      assert.ok(rule, `no rule ${name}`);
      const found = await withFault(office.runtime.db, [statements].flat(), rule);
      assert.notEqual(found.length, 0, rule.sentence);
      for (const { words, href } of found) {
        assert.match(words, /[가-힣].*\.$/);
        assert.match(href, /^\/[a-z]/);
      }
    });
  }
}

const shownAt: Record<string, string> = {
  orders: 'orders',
  deliveries: 'deliveries',
  'deliveries/prints': 'print_runs',
  imports: 'imports',
  'couriers/runs': 'courier_runs',
  'couriers/results': 'courier_results',
  'partners/sheets': 'partner_sheets',
  users: 'users',
};

/** The page of a record is there while the record is. */
async function hasPage(db: Knex, href: string): Promise<boolean> {
  const [, page, id] = /^\/(.+)\/(\d+)$/.exec(href) ?? [];
  if (!page) return true;
  assert.ok(shownAt[page], `what is shown at ${href}?`);
  return (await db(shownAt[page]).where({ id }).first('id')) !== undefined;
}

/** Looks through one rule at a database with a fault, and takes the fault away again. */
async function withFault(db: Knex, statements: readonly string[], rule: Invariant): Promise<Finding[]> {
  const trx = await db.transaction();
  try {
    for (const statement of statements) {
      const [{ affectedRows }] = await trx.raw(statement);
      assert.ok(affectedRows > 0, `nothing to spoil: ${statement}`);
    }
    const found: Finding[] = [];
    const ctx = { ...office.ctx(), db: trx, window: { unseen: [], settling: [] } };
    for await (const finding of rule.find(ctx)) found.push(finding);
    for (const { href } of found) assert.ok(await hasPage(trx, href), `${href} answers with 404`);
    return found;
  } finally {
    await trx.rollback();
  }
}

test('every rule has been shown something to notice', () => {
  const byKeys = rules.filter(({ sentence }) => sentence.includes('고유 키')).map(({ name }) => name);
  const unseen = rules.map(({ name }) => name).filter((name) => !(name in faults));
  assert.deepEqual(unseen.sort(), [...byKeys, 'personal.locks'].sort());
});

test('a run is kept with its findings, and its page leads to each of them', async () => {
  const { db } = office.runtime;
  const line = await db('order_lines').orderBy('id').first('id', 'order_id', 'status');
  await db('order_lines').where({ id: line.id }).update({ status: 'lost' });
  try {
    const { run } = await checkAndKeep(office.ctx(), rules, 'person');
    assert.ok(run.finding_count > 0);
    const admin = await office.as('admin');
    const page = await admin.get('/admin/checks');
    assert.equal(page.status, 200);
    assert.match(page.text, new RegExp(`href="/orders/${line.order_id}"`));
    assert.match(page.text, /어긋남/);
    const clerk = await office.as('office');
    assert.equal((await clerk.get('/admin/checks')).status, 403);
  } finally {
    await db('order_lines').where({ id: line.id }).update({ status: line.status });
  }
  const { run } = await checkAndKeep(office.ctx(), rules, 'schedule');
  assert.deepEqual([run.finding_count, run.left_count, run.rule_count], [0, 0, rules.length]);
});

test('what is true only between two imports is left, and said to be, while one is at work', async () => {
  const { db } = office.runtime;
  const [id] = await db('change_batches').insert({
    kind: 'apply',
    state: 'applying',
    channel_id: 9,
    busy_channel_id: 9,
    import_id: 0,
    owner: 'x',
    beat_at: new Date(),
    actor_name: '시험',
  });
  try {
    const some = rules.filter(({ name }) => name === 'orders.counts' || name === 'imports.cells');
    const results = await checkAll(office.ctx(), some, { waitMs: 0 });
    const left = results.filter(({ leftBecause }) => leftBecause).map(({ rule }) => rule.name);
    assert.deepEqual(left, ['orders.counts']);
  } finally {
    await db('change_batches').where({ id }).delete();
  }
});

test('what was destroyed because its time was over is not missed', async () => {
  const ctx = office.ctx();
  const inThreeYears = new Date(ctx.now().getTime() + 3 * 365 * 24 * 3600_000);
  const counts = await destroyDue(
    { ...ctx, now: () => inThreeYears },
    modules.flatMap(({ retains = [] }) => retains),
  );
  for (const name of ['imports', 'print_runs', 'partner_sheets', 'courier_results'])
    assert.ok(counts[name]! > 0, `nothing was destroyed of ${name}`);
  await expireDownloads({ ...ctx, now: () => inThreeYears });
  assert.deepEqual(await broken(), []);
});

async function broken(): Promise<string[]> {
  const results = await checkAll(office.ctx(), rules);
  return results.flatMap(({ rule, findings }) => findings.map(({ words }) => `${rule.name}: ${words}`));
}

test('a key that was dropped and a lock that is gone are noticed', async () => {
  const { db } = office.runtime;
  const names = async () => {
    const results = await checkAll(office.ctx(), rules);
    return results.filter(({ findingCount }) => findingCount > 0).map(({ rule }) => rule.name);
  };
  await db.raw('ALTER TABLE orders DROP KEY order_no');
  await db.raw('ALTER TABLE store_orders DROP KEY submission_key');
  await db.raw('DROP TRIGGER access_chain_stay');
  assert.deepEqual(await names(), ['orders.keys', 'stores.keys', 'personal.locks']);
});
