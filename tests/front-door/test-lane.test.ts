import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { TestLane } from '../../bin/test-lane.ts';
import { type Tally, tallyFile } from '../../bin/test-tally.ts';
import { temporaryFolder } from './processes.ts';

const folder = temporaryFolder();
const lane = new TestLane();
after(() => {
  lane[Symbol.dispose]();
  folder[Symbol.dispose]();
});

async function run(name: string, code: string, longest = 20_000, where = lane): Promise<Tally> {
  const file = join(folder.path, `${name}.test.mjs`);
  writeFileSync(file, `import { after, before, describe, test } from 'node:test';\n${code}`);
  return tallyFile(file, await where.run(file, longest));
}

const counts = ({ passed, failed, skipped }: Tally) => ({ passed, failed, skipped });
const good = "test('fine', () => {});";

before(async () => {
  assert.deepEqual(counts(await run('warm', good)), { passed: 1, failed: 0, skipped: 0 });
});

test('tests, suites and hooks of a file count as they would by themselves, and hooks are its own', async () => {
  const first = await run(
    'first',
    `let ready = 0;
     before(async () => { await new Promise((done) => setTimeout(done, 5)); ready += 1; });
     after(() => { globalThis.ended = ready; });
     test('one', () => { if (ready !== 1) throw new Error('not ready'); });
     test('parent', async (t) => { await t.test('child', () => {}); });
     describe('a suite', () => { test('two', { skip: true }, () => {}); test('three', () => {}); });`,
  );
  assert.deepEqual([counts(first), first.failures], [{ passed: 3, failed: 0, skipped: 1 }, []]);
  const second = await run(
    'second',
    "test('the hooks of the first have run once', () => { if (globalThis.ended !== 1) throw new Error(globalThis.ended); });",
  );
  assert.deepEqual(second.failures, []);
});

test('what fails is named with its reason and what was written, and the next file runs', async () => {
  const { failed, failures } = await run(
    'broken',
    "describe('outer', () => test('inner', () => { console.error('said'); throw new Error('oops'); }));",
  );
  assert.equal(failed, 1);
  assert.match(failures[0]!, /broken\.test\.mjs > outer > inner\nError: oops/);
  assert.match(failures[1]!, /said/);
  assert.equal((await run('next', good)).failed, 0);
});

test('hooks that throw, a file that cannot be loaded, and one without a test are failures', async () => {
  const hook = await run('hook', `before(() => { throw new Error('no office'); });\n${good}`);
  assert.match(hook.failures.join(), /no office/);
  const left = await run('left', `after(() => { throw new Error('not closed'); });\n${good}`);
  assert.match(left.failures.join(), /not closed/);
  assert.match((await run('typo', 'test(')).failures.join(), /SyntaxError/);
  assert.match((await run('empty', '')).failures.join(), /holds no test/);
  const waits = await run('waits', `await 1;\n${good}`);
  assert.ok(waits.failed > 0);
  assert.match(waits.failures.join(), /ERR_REQUIRE_ASYNC_MODULE|top-level await/);
  assert.equal((await run('after', good)).failed, 0);
});

test('a process that dies or hangs is the failure of its file, and another takes over', async () => {
  const died = await run('died', "test('ends all', () => { process.exit(3); });");
  assert.match(died.failures.join(), /its process ended \(3\)/);
  assert.equal((await run('after-death', good)).failed, 0);
  const hung = await run('hung', "test('turns', () => { for (;;); });", 1500);
  assert.match(hung.failures.join(), /did not end in time/);
  assert.equal((await run('after-hanging', good)).failed, 0);
});

test('what is thrown after the end of a test, and a server left open, are failures', async () => {
  const late = await run(
    'late',
    `test('ends early', () => { setTimeout(() => { throw new Error('too late'); }, 5); });
     test('waits', () => new Promise((done) => setTimeout(done, 50)));`,
  );
  assert.match(late.failures.join(), /too late/);
  const open = await run(
    'open',
    "import { createServer } from 'node:http';\ntest('listens', () => new Promise((done) => createServer().listen(0, done)));",
  );
  assert.match(open.failures.join(), /left a server open/);
  assert.equal((await run('after-all', good)).failed, 0, 'nobody else is blamed');
});

test('a process that has grown too large makes room for another', async () => {
  using small = new TestLane(1);
  const mark = "test('marks', () => { globalThis.marked = true; });";
  const look = "test('looks', () => { if (globalThis.marked) throw new Error('the same process'); });";
  assert.equal((await run('mark', mark, 20_000, small)).failed, 0);
  assert.deepEqual((await run('look', look, 20_000, small)).failures, []);
  await run('mark', mark);
  assert.equal((await run('look-again', look)).failed, 1, 'a small one is kept');
});
