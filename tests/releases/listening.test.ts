import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { drain, listen } from '#lib/web/listening.ts';

const folder = mkdtempSync(join(tmpdir(), 'moa-listening-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string) => ({ host: '', port: 0, socketPath: join(folder, name) });

function get(
  socketPath: string,
  agent?: Agent,
): Promise<{ status: number; text: string; connection?: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path: '/', agent: agent ?? false }, (answer) => {
      let text = '';
      answer.on('data', (part) => {
        text += part;
      });
      answer.once('end', () =>
        resolve({ status: answer.statusCode ?? 0, text, connection: answer.headers.connection }),
      );
    });
    sent.once('error', reject);
    sent.end();
  });
}

test('a socket that a killed process left behind is taken; one that somebody answers on is not', async () => {
  const place = at('left.sock');
  writeFileSync(place.socketPath, ''); // any file there is in the way
  const server = createServer((_req, res) => res.end('ok'));
  assert.equal(await listen(server, place), `unix:${place.socketPath}`);
  assert.equal(statSync(place.socketPath).mode & 0o777, 0o660);
  assert.equal((await get(place.socketPath)).text, 'ok');
  await assert.rejects(listen(createServer(), place), /이미 듣고 있습니다/);
  server.close();
});

test('who ends finishes what is under way, and takes what a proxy still sends on an open connection', async () => {
  const place = at('drained.sock');
  const goOn = Promise.withResolvers<void>();
  let asked = 0;
  const server = createServer(async (_req, res) => {
    asked++;
    if (asked === 2) await goOn.promise;
    res.end(String(asked));
  });
  await listen(server, place);
  const [proxy, other] = [new Agent({ keepAlive: true }), new Agent({ keepAlive: true })];
  await get(place.socketPath, proxy);
  const slow = get(place.socketPath, other);
  while (asked < 2) await new Promise((resolve) => setTimeout(resolve, 5));

  const drained = drain(server, place);
  assert.ok(!existsSync(place.socketPath), 'nobody comes in any more');
  const late = await get(place.socketPath, proxy);
  assert.deepEqual([late.status, late.connection], [200, 'close']);
  goOn.resolve();
  assert.equal((await slow).status, 200);
  await drained;
});

test('who never comes to an end is cut off in the end', async () => {
  const place = at('stuck.sock');
  const server = createServer(() => {});
  await listen(server, place);
  const stuck = get(place.socketPath);
  stuck.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  await drain(server, place, 300);
  await assert.rejects(stuck);
});

test('where something else than a web process answers, nothing is touched', async () => {
  const place = at('foreign.sock');
  const foreign = createNetServer().listen(place.socketPath);
  await new Promise((resolve) => foreign.once('listening', resolve));
  await assert.rejects(listen(createServer(), place), /이미 듣고 있습니다/);
  assert.ok(existsSync(place.socketPath));
  foreign.close();
});
