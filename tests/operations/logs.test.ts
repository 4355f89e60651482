import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { startCommand } from '../front-door/processes.ts';
import { createClient } from '../support/client.ts';
import { aSmartStoreFile, importLines, someLines } from '../support/imports.ts';
import { cast, castPassword, openOffice } from '../support/office.ts';

/** A server that says whose row it did not take, as MariaDB does. */
const refusing = `CREATE TRIGGER refusing BEFORE INSERT ON order_lines FOR EACH ROW
  BEGIN
    DECLARE said VARCHAR(500);
    SET said = CONCAT('Duplicate entry ''', NEW.recipient_name, '-', NEW.recipient_phone, ''' for key ''somebody''');
    SIGNAL SQLSTATE '23000' SET MYSQL_ERRNO = 1062, MESSAGE_TEXT = said;
  END`;

test('the log says who asked for what and why it failed, and names no customer, not even when queries fail', async () => {
  await using office = await openOffice();
  const { db } = office.runtime;
  await importLines(office.ctx(), someLines(12));
  const untilProposed = async () => {
    for (;;) {
      const found = await db('imports').where({ state: 'proposed' }).first('id', 'comparison');
      if (found) return found;
      await new Promise((done) => setTimeout(done, 50));
    }
  };
  const lines = await db('order_lines').select(
    'id',
    'order_id',
    'recipient_name',
    'recipient_phone',
    'buyer_name',
    'buyer_phone',
    'address',
    'address_detail',
  );
  const people = new Set<string>();
  for (const { id: _, order_id: __, ...personal } of lines)
    for (const value of Object.values(personal)) if (String(value).length >= 3) people.add(String(value));
  assert.ok(people.size > 20, `${people.size}`);
  const { recipient_name: name, recipient_phone: phone, address, order_id: orderId } = lines[0]!;
  const hyphened = phone.replace(/^(\d{3})(\d{3,4})(\d{4})$/, '$1-$2-$3');

  const { config } = office;
  const env = {
    DATABASE_URL: config.databaseUrl,
    REDIS_URL: config.redisUrl,
    REDIS_PREFIX: config.redisPrefix,
    MOA_SECRET: config.secret,
    LOG_LEVEL: 'trace',
    PORT: '0',
  };
  const web = startCommand(process.execPath, ['src/main.ts'], { env });
  const worker = startCommand(process.execPath, ['src/worker.ts'], { env });
  let log = '';
  for (const { child } of [web, worker])
    for (const output of [child.stdout!, child.stderr!]) output.on('data', (text: string) => (log += text));
  try {
    await Promise.all([web.says('web is ready'), worker.says('worker is ready')]);
    const client = createClient(/"url":"([^"]+)"/.exec(log)![1]!);
    await client.post('/sign-in', { login: cast.office.login, password: castPassword });
    await client.post('/personal/reveal', { reason: `${name}님 문의` });

    const search = [name, phone, hyphened, phone.slice(-4), address].map(encodeURIComponent);
    const pages = search.flatMap((q) => [`/orders?q=${q}`, `/deliveries?q=${q}`]);
    const typed = [`/${encodeURIComponent(name)}`, `/x/${phone}`];
    for (const path of [...pages, `/orders/${orderId}`, ...typed, '/orders/%E0%A4%A']) await client.get(path);
    await client.post(`/orders/${orderId}/hold`, {
      ids: String(lines[0]!.id),
      reason: `${name} ${hyphened} 부재`,
    });
    await createClient(/"url":"([^"]+)"/.exec(log)![1]!).post('/sign-in', { login: phone, password: name });

    await db.raw('RENAME TABLE order_lines TO order_lines_away');
    const failed = await client.get(`/orders?q=${encodeURIComponent(name)}`);
    assert.equal(failed.status, 500);
    await db.raw('RENAME TABLE order_lines_away TO order_lines');

    await db.raw(refusing);
    await using file = await aSmartStoreFile(someLines(3, '2026-11-13 09:00:00', 7));
    const content = await readFile(file.path);
    const sent = await client.upload('/imports', [{ name: `${name} 주문.xlsx`, content }], { channel: '1' });
    assert.equal(sent.status, 303, sent.text.slice(0, 300));
    const proposed = await untilProposed();
    await client.post(`/imports/${proposed.id}/apply`, { comparison: proposed.comparison });
    await worker.says('"msg":"job failed"');
    assert.match(log, /"job":"imports.apply".*"code":"ER_DUP_ENTRY"/);
    const requestId = failed.headers.get('x-request-id');
    const line = log.split('\n').find((one) => one.includes(requestId!) && one.includes('unexpected error'));
    assert.ok(line, 'the failure is in the log');
    const told = JSON.parse(line);
    assert.deepEqual(
      [told.userId, told.route, told.err.code],
      [cast.office.id, '/orders', 'ER_NO_SUCH_TABLE'],
    );
    const answered = log
      .split('\n')
      .find((one) => one.includes(requestId!) && one.includes('"msg":"request"'));
    assert.match(answered!, /"route":"\/orders"/);
  } finally {
    for (const { child } of [web, worker]) child.kill('SIGKILL');
    await Promise.all([web.ended, worker.ended]);
  }
  assert.ok(log.split('\n').length > 15);
  const leaked = [...people, hyphened, castPassword].filter((value) => log.includes(value));
  const escaped = [...people].filter(
    (value) => log.includes(encodeURIComponent(value)) && /[^\w.-]/.test(value),
  );
  assert.deepEqual([...leaked, ...escaped], []);
});
