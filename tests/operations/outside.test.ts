import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { openOutside } from '#lib/outside.ts';

/** A server of somebody else's that answers as it is told, one after the other. */
async function somebody(answers: (number | 'silence')[]) {
  const asked: string[] = [];
  const server = createServer((req, res) => {
    asked.push(req.method ?? '');
    const answer = answers.shift() ?? 200;
    if (answer !== 'silence') res.writeHead(answer).end('ok');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

test('a question is asked again when the server stumbles, and what does something is not', async () => {
  await using server = await somebody([500, 503, 200, 500]);
  const outside = openOutside('test', '시험');
  const answer = await outside.fetch(server.url);
  assert.deepEqual([answer.status, await answer.text()], [200, 'ok']);
  assert.equal(server.asked.length, 3);
  await assert.rejects(outside.fetch(server.url, { method: 'POST' }), /answered 500/);
  assert.deepEqual(server.asked.slice(3), ['POST']);
  assert.deepEqual(outside.counts, { answered: 1, failed: 3, 'not asked': 0 });
});

test('what the server refuses is its answer', async () => {
  await using server = await somebody([404, 400]);
  const outside = openOutside('test', '시험');
  assert.equal((await outside.fetch(server.url)).status, 404);
  assert.equal((await outside.fetch(server.url, { method: 'POST' })).status, 400);
  assert.equal(outside.isDown(), false);
});

test('a server that says nothing is waited for no longer than was said', async () => {
  await using server = await somebody(['silence']);
  const outside = openOutside('test', '시험', { timeoutMs: 50, retries: 0 });
  const began = performance.now();
  await assert.rejects(outside.fetch(server.url), /did not answer in time/);
  assert.ok(performance.now() - began < 2000);
});

test('after failures in a row nobody asks any more, and after a rest one asks anew', async () => {
  await using server = await somebody([500, 500]);
  const outside = openOutside('test', '시험', { opensAfter: 2, restMs: 1000, retries: 5 });
  await assert.rejects(outside.fetch(server.url));
  assert.deepEqual([outside.isDown(), outside.isResting()], [true, true]);
  assert.equal(server.asked.length, 2, 'the breaker ends the trying again');
  await assert.rejects(outside.fetch(server.url));
  assert.equal(server.asked.length, 2);
  assert.equal(outside.counts['not asked'], 2);
  await new Promise((done) => setTimeout(done, 1050));
  assert.deepEqual([outside.isDown(), outside.isResting()], [true, false], 'it may be asked, and nobody has');
  assert.equal((await outside.fetch(server.url)).status, 200);
  assert.equal(outside.isDown(), false);
});
