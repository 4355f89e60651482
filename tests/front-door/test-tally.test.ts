import assert from 'node:assert/strict';
import test from 'node:test';
import { type TestEvent, tallyFile } from '../../bin/test-tally.ts';

const file = 'tests/orders/holding.test.ts';

const start = (name: string, nesting = 0): TestEvent => ({ type: 'test:start', data: { name, nesting } });
const pass = (name: string, nesting = 0, more: TestEvent['data'] = {}): TestEvent => ({
  type: 'test:pass',
  data: { name, nesting, details: { type: 'test' }, ...more },
});
const fail = (name: string, nesting: number, failureType: string, type = 'test'): TestEvent => ({
  type: 'test:fail',
  data: { name, nesting, details: { type, error: { failureType, cause: new Error('broken') } } },
});

function counts(events: TestEvent[]) {
  const { passed, failed, skipped } = tallyFile(file, events);
  return { passed, failed, skipped };
}

test('a test that holds others is not counted beside them', () => {
  const events = [
    start('parent'),
    start('one', 1),
    pass('one', 1),
    start('two', 1),
    fail('two', 1, 'testCodeFailure'),
    fail('parent', 0, 'subtestsFailed'),
    start('alone'),
    pass('alone'),
  ];
  assert.deepEqual(counts(events), { passed: 2, failed: 1, skipped: 0 });
  assert.match(
    tallyFile(file, events).failures[0]!,
    /^tests\/orders\/holding\.test\.ts > parent > two\nError: broken/,
  );
});

test('suites are not counted; one whose hook throws is a failure', () => {
  const suite = pass('suite', 0, { details: { type: 'suite' } });
  assert.deepEqual(counts([pass('one', 1), suite]), { passed: 1, failed: 0, skipped: 0 });
  assert.deepEqual(counts([fail('one', 1, 'cancelledByParent'), fail('suite', 0, 'hookFailed', 'suite')]), {
    passed: 0,
    failed: 2,
    skipped: 0,
  });
});

test('skipped and to-do tests have neither passed nor failed', () => {
  assert.deepEqual(
    counts([pass('one', 0, { skip: true }), pass('two', 0, { todo: 'later' }), pass('three')]),
    {
      passed: 1,
      failed: 0,
      skipped: 2,
    },
  );
});

test('a file that crashes, or holds no test, is one failure', () => {
  assert.deepEqual(counts([pass('one'), fail(file, 0, 'testCodeFailure')]), {
    passed: 1,
    failed: 1,
    skipped: 0,
  });
  assert.deepEqual(counts([pass(file)]), { passed: 0, failed: 1, skipped: 0 });
  assert.deepEqual(counts([]), { passed: 0, failed: 1, skipped: 0 });
});

test('what a failing file wrote is shown', () => {
  const wrote: TestEvent = { type: 'test:stderr', data: { message: 'no such table\n' } };
  const { failures } = tallyFile(file, [wrote, fail(file, 0, 'testCodeFailure')]);
  assert.match(failures.at(-1)!, /no such table/);
});
