import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modules } from '../../src/modules.ts';
import { importLines, someLines } from '../support/imports.ts';
import { openOffice } from '../support/office.ts';
import { ask, readFile } from './support.ts';

test('the page of every list has the button, and its file holds as many rows as the page says', async () => {
  await using office = await openOffice();
  await importLines(office.ctx('office'), someLines(12));
  const admin = await office.as('admin');
  await admin.post('/deliveries/print', { state: 'all' });
  const lists = modules.flatMap((module) => module.lists ?? []);
  assert.ok(lists.length >= 7, lists.map(({ name }) => name).join(' '));
  assert.equal(new Set(lists.map(({ name }) => name)).size, lists.length);

  for (const { name, path, columns } of lists) {
    assert.equal(new Set(columns.map(({ key }) => key)).size, columns.length, name);
    const { text } = await admin.get(path);
    assert.match(text, new RegExp(`href="/downloads/new/${name}[?"]`), path);
    const answer = await ask(admin, name, { columns: columns.map(({ key }) => key) });
    const shown = Number(/총 ([\d,]+)건/.exec(text)?.[1]?.replaceAll(',', '') ?? 0);
    assert.equal(answer.status, shown === 0 ? 409 : 200, name);
    if (shown === 0) continue;
    const { titles, rows, totals } = await readFile(answer.bytes);
    assert.deepEqual(
      titles,
      columns.map(({ title }) => title),
    );
    assert.equal(rows.length, shown, name);
    assert.ok(totals.includes(`합계 ${shown.toLocaleString('ko-KR')}건`), name);
    assert.doesNotMatch(JSON.stringify(rows), /undefined|NaN|\[object/, name);
  }
});
