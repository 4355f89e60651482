import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import type { ImportRow } from '../../src/channels/tables.ts';
import { type Client, createClient, type UploadedFile } from '../support/client.ts';
import { aSmartStoreFile, someLines } from '../support/imports.ts';
import { type Office, openOffice } from '../support/office.ts';
import { openFolder } from '../xlsx/folder.ts';
import * as hostile from '../xlsx/hostile-files.ts';

type FileOptions = Parameters<typeof aSmartStoreFile>[1];

async function anOrderFile(
  name: string,
  options: FileOptions & { orders?: number } = {},
): Promise<UploadedFile> {
  const { orders = 8, ...fileOptions } = options;
  await using file = await aSmartStoreFile(someLines(orders), fileOptions);
  return { name, content: readFileSync(file.path) };
}

async function aHostileFile(name: string, make: hostile.Maker): Promise<UploadedFile> {
  await using folder = await openFolder();
  const path = folder.file('file');
  await make(path);
  return { name, content: readFileSync(path) };
}

const idOf = (location: string) => Number(/^\/imports\/(\d+)$/.exec(location)?.[1]);

/** Uploads one file to SmartStore; the id of its import. */
async function upload(
  client: Client,
  file: UploadedFile,
  form: Record<string, string> = {},
): Promise<number> {
  const { status, location } = await client.upload('/imports', [file], { channel: '1', ...form });
  assert.equal(status, 303);
  assert.ok(idOf(location), location);
  return idOf(location);
}

async function importOf(office: Office, id: number): Promise<ImportRow> {
  return office.runtime.db('imports').where({ id }).first();
}

describe('one office', () => {
  let office: Office;
  let client: Client;
  before(async () => {
    office = await openOffice();
    client = await office.as('office');
  });
  after(() => office[Symbol.asyncDispose]());

  test('each hostile file ends in a Korean reason on its page, and the worker goes on', async () => {
    const files: [string, RegExp, UploadedFile][] = [
      ['a picture', /그림 파일입니다/, await aHostileFile('그림.xlsx', hostile.picture)],
      ['a web page', /제목 줄|파일이 아닙니다/, await aHostileFile('표.xlsx', hostile.pretender)],
      ['a truncated zip', /손상되어 읽을 수 없습니다/, await aHostileFile('잘림.xlsx', hostile.cutZip)],
      ['a 5 GB bomb', /지나치게 커지는/, await aHostileFile('폭탄.xlsx', hostile.bombOfRows)],
      ['XML entities', /DOCTYPE/, await aHostileFile('개체.xlsx', hostile.entitiesInSheet)],
      ['an entity from outside', /DOCTYPE/, await aHostileFile('밖.xlsx', hostile.entityFromOutside)],
      [
        '1,048,576 empty rows',
        /제목 줄\(.+\)을 찾지 못했습니다/,
        await aHostileFile('빈 행.xlsx', hostile.emptyRows),
      ],
      [
        'missing columns',
        /필요한 열이 없습니다: 상품주문번호, 주문상태\./,
        await anOrderFile('열 없음.xlsx', { without: ['상품주문번호', '주문상태'] }),
      ],
    ];
    const ids: number[] = [];
    for (const [, , file] of files) ids.push(await upload(client, file));
    const good = await upload(client, await anOrderFile('멀쩡함.xlsx'));
    await office.runJobs();

    for (const [at, [what, reason, { name }]] of files.entries()) {
      const { status, text } = await client.get(`/imports/${ids[at]}`);
      assert.equal(status, 200, what);
      assert.match(text, reason, what);
      assert.ok(text.includes('읽지 못함') && text.includes(name), what);
      assert.equal((await importOf(office, ids[at]!)).state, 'refused', what);
    }
    assert.equal((await importOf(office, good)).state, 'proposed');
    const list = await client.get('/imports?state=failed');
    assert.equal(list.text.match(/읽지 못함<\/span>/g)?.length, files.length);
  });

  test('a locked file asks for its password, says when it is wrong, and remembers it for the next file', async () => {
    const first = await upload(client, await anOrderFile('잠김.xlsx', { password: '2026' }));
    await office.runJobs();
    const asked = await client.get(`/imports/${first}`);
    assert.match(asked.text, /비밀번호가 걸린 파일입니다/);
    assert.match(asked.text, /<input [^>]*type="password"[^>]* name="password"/);

    await client.post(`/imports/${first}/password`, { password: '2025', remember: '1' });
    await office.runJobs();
    assert.match((await client.get(`/imports/${first}`)).text, /파일 비밀번호가 맞지 않습니다/);
    const nothing = await client.post(`/imports/${first}/password`, { password: '' });
    assert.equal(nothing.status, 422);
    assert.match(nothing.text, /비밀번호를 입력해 주세요/);

    assert.equal(
      (await client.post(`/imports/${first}/password`, { password: '2026', remember: '1' })).status,
      303,
    );
    await office.runJobs();
    assert.equal((await importOf(office, first)).state, 'proposed');
    const late = await client.post(`/imports/${first}/password`, { password: '2026' });
    assert.equal(late.status, 409);

    const next = await upload(client, await anOrderFile('내일.xlsx', { password: '2026' }));
    await office.runJobs();
    const row = await importOf(office, next);
    assert.deepEqual([row.state, row.failure], ['proposed', null]);
    const [channel] = await office.runtime.db('channels');
    assert.ok(!String(channel.file_password).includes('2026'), 'the kept password is sealed');
    assert.equal(row.password, null);
  });

  test('several files travel together and each becomes an import of its own', async () => {
    const files = [await anOrderFile('하나.xlsx'), await anOrderFile('둘.xlsx', { columns: 57 })];
    const { status, location } = await client.upload('/imports', files, { channel: '1' });
    assert.deepEqual([status, location], [303, '/imports']);
    await office.runJobs();
    const { text } = await client.get('/imports?q=하나');
    assert.match(text, /하나\.xlsx/);
    for (const { name } of files) {
      const row: ImportRow = await office.runtime.db('imports').where({ file_name: name }).first();
      assert.equal(row.state, 'proposed');
    }
  });

  test('a file that cannot be taken is refused at the door by name, and takes none of the others in', async () => {
    const count = async () => (await office.runtime.db('imports')).length;
    const before = await count();
    const good = await anOrderFile('좋음.xlsx');
    const empty = await client.upload('/imports', [good, { name: '빈 파일.xlsx', content: '' }], {
      channel: '1',
    });
    assert.equal(empty.status, 409);
    assert.match(empty.text, /‘빈 파일\.xlsx’ 파일이 비어 있습니다/);

    const large = { name: '큰 파일.xlsx', content: new Uint8Array(50 * 1024 ** 2 + 1) };
    const tooLarge = await client.upload('/imports', [good, large], { channel: '1' });
    assert.equal(tooLarge.status, 409);
    assert.match(tooLarge.text, /50MB/);

    const none = await client.upload('/imports', [], { channel: '1' });
    assert.deepEqual([none.status, /올릴 파일을 골라 주세요/.test(none.text)], [409, true]);
    const many = await client.upload('/imports', Array(21).fill(good), { channel: '1' });
    assert.deepEqual([many.status, /한 번에 20개까지/.test(many.text)], [409, true]);
    assert.equal(await count(), before);
  });

  test('a name of HTML stays a name', async () => {
    const name = '<img src=x onerror=alert(1)>.xlsx';
    const id = await upload(client, { ...(await anOrderFile(name)), name });
    for (const path of ['/imports', `/imports/${id}`]) {
      const { text } = await client.get(path);
      assert.ok(text.includes('&lt;img src=x'), path);
      assert.ok(!text.includes('<img src=x'), path);
    }
    assert.equal((await client.post(`/imports/${id}/cancel`)).status, 303);
  });

  test('a broken request is refused, never a fault of ours, and leaves no file behind', async (t) => {
    await using folder = await openFolder();
    const { TMPDIR } = process.env;
    t.after(() => Object.assign(process.env, { TMPDIR: TMPDIR ?? '/tmp' }));
    process.env.TMPDIR = folder.file('uploads');
    await mkdir(process.env.TMPDIR);
    const boundary = 'multipart/form-data; boundary=x';
    const part = '--x\r\nContent-Disposition: form-data; name="files"; filename="a.xlsx"\r\n\r\nabc';
    const origin = { origin: office.url };
    for (const [type, body] of [
      ['multipart/form-data', part],
      [boundary, part],
      [boundary, '--x\r\nno header at all\r\n\r\nabc\r\n--x--\r\n'],
      [boundary, part.replace('"files"', '"other"').concat('\r\n--x--\r\n')],
      [boundary, `${part}\r\n--x--\r\n`],
      ['application/x-www-form-urlencoded', 'channel=1'],
    ] as const) {
      const answer = await client.raw('/imports', {
        method: 'POST',
        body,
        headers: { 'content-type': type, ...origin },
      });
      assert.ok(answer.status >= 400 && answer.status < 500, `${type} ${body}: ${answer.status}`);
      assert.match(answer.text, /[가-힣]/);
    }
    assert.equal((await client.post('/imports', { channel: '1' })).status, 409);
    for (const channel of ['x', '77', '1e99']) {
      const { status } = await client.upload('/imports', [await anOrderFile('a.xlsx')], { channel });
      assert.ok([404, 409, 422].includes(status), `${channel}: ${status}`);
    }
    await until(async () => readdirSync(folder.file('uploads')).length === 0);
  });

  test('an address that names no import is not found', async () => {
    for (const id of ['999999', 'abc', '-1', '1e3', '1.5', '99999999999999999999999']) {
      assert.equal((await client.get(`/imports/${id}`)).status, 404, id);
      assert.equal((await client.get(`/imports/${id}/state`)).status, 404, id);
      for (const act of ['apply', 'cancel', 'discard', 'undo', 'password'])
        assert.equal(
          (await client.post(`/imports/${id}/${act}`, { password: 'x' })).status,
          404,
          `${id} ${act}`,
        );
    }
  });

  test('a proposal put aside changes nothing and cannot be applied any more', async () => {
    const id = await upload(client, await anOrderFile('버릴 것.xlsx'));
    await office.runJobs();
    await client.post(`/imports/${id}/discard`);
    const page = await client.get(`/imports/${id}`);
    assert.match(page.text, /바뀐 것은 없습니다/);
    assert.equal((await client.post(`/imports/${id}/apply`)).status, 409);
    assert.equal((await client.post(`/imports/${id}/cancel`)).status, 409);
    assert.equal((await office.runtime.db('order_lines')).length, 0);
  });

  test('a reading shows how far it is to whoever opens the page in the middle, and stops when told to', async () => {
    const id = await upload(client, await anOrderFile('긴 파일.xlsx', { orders: 6000 }));
    const waiting = await client.get(`/imports/${id}`);
    assert.match(waiting.text, /data-state="waiting"/);

    const working = office.runJobs();
    const rowsRead = await until(async () => {
      const { text } = await client.get(`/imports/${id}/state`);
      const { state, rowsRead } = JSON.parse(text) as { state: string; rowsRead: number };
      return state === 'reading' && rowsRead;
    });
    const page = await client.get(`/imports/${id}`);
    assert.match(page.text, /data-state="reading"/);
    assert.ok(Number(/<progress[^>]* value="(\d+)"/.exec(page.text)?.[1]) >= rowsRead);

    const cancelled = await client.post(`/imports/${id}/cancel`);
    assert.equal(cancelled.status, 303);
    assert.match((await client.get(`/imports/${id}`)).text, /읽기를 취소했습니다/);
    await working;
    assert.equal((await importOf(office, id)).state, 'cancelled');
    assert.equal((await office.runtime.db('import_rows').where({ import_id: id })).length, 0);
    assert.equal((await client.post(`/imports/${id}/apply`)).status, 409);
  });

  test('imports are for the office: the delivery team is told so, a stranger is sent to sign in', async () => {
    const file = await anOrderFile('남의 것.xlsx');
    const delivery = await office.as('delivery');
    for (const path of ['/imports', '/imports/1', '/imports/1/state', '/dispatch'])
      assert.equal((await delivery.get(path)).status, 403, path);
    assert.equal((await delivery.upload('/imports', [file], { channel: '1' })).status, 403);
    assert.equal((await delivery.post('/imports/1/apply')).status, 403);

    const stranger = createClient(office.url);
    const answer = await stranger.get('/imports');
    assert.deepEqual([answer.status, answer.location], [303, '/sign-in?next=%2Fimports']);
    const sent = await stranger.upload('/imports', [file], { channel: '1' });
    assert.deepEqual([sent.status, sent.location.startsWith('/sign-in')], [303, true]);
    assert.equal((await office.runtime.db('imports').where({ file_name: file.name })).length, 0);
  });
});

/** Looks until `found` says so. */
async function until<T>(look: () => Promise<T | false | 0 | undefined>): Promise<T> {
  const deadline = Date.now() + 90_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    assert.ok(Date.now() < deadline, 'it did not come in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
