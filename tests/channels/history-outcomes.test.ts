import assert from 'node:assert/strict';
import { test } from 'node:test';
import { movedText, movementsInWords, outcomeOf, sameOutcome } from '../../src/channels/outcomes.rules.ts';
import type { Outcome } from '../../src/channels/tables.ts';

const memo = (before: string, after: string): Outcome => ({
  kind: 'changed',
  changes: [{ field: 'memo', before, after }],
  kept: [],
});
const same: Outcome = { kind: 'same', changes: [], kept: [] };
const staged = (outcome: Outcome, moved: Outcome | null = null) => ({
  kind: outcome.kind,
  changes: JSON.stringify({ changes: outcome.changes, kept: outcome.kept }),
  moved: moved && JSON.stringify(moved),
});

test('two outcomes are the same when each cell goes from the same value to the same value', () => {
  assert.ok(sameOutcome(memo('가', '나'), memo('가', '나')));
  assert.ok(!sameOutcome(memo('가', '나'), memo('다', '나')), 'it would overwrite another value');
  assert.ok(!sameOutcome(memo('가', '나'), memo('가', '다')));
  assert.ok(!sameOutcome(memo('가', '나'), same));
  const kept: Outcome = { ...same, kept: [{ field: 'memo', before: '가', after: '나', why: 'by_hand' }] };
  assert.ok(!sameOutcome(same, kept));
});

test('an option that has become known since is no difference', () => {
  const option = (after: number): Outcome => ({
    kind: 'changed',
    changes: [{ field: 'channel_option_id', before: 3, after }],
    kept: [],
  });
  assert.ok(sameOutcome(option(0), option(9)));
  assert.ok(sameOutcome(option(9), option(0)));
  assert.ok(!sameOutcome(option(8), option(9)));
});

test('a row keeps what it was first, and forgets it when it comes back to that', () => {
  const first = memo('가', '나');
  assert.deepEqual(JSON.parse(movedText(staged(first), same)!), first);
  assert.deepEqual(JSON.parse(movedText(staged(same, first), memo('다', '나'))!), first);
  assert.equal(movedText(staged(same, first), first), null);
  assert.equal(movedText(staged(first), first), null);
});

test('a row without a record of changes changes nothing', () => {
  assert.deepEqual(outcomeOf({ kind: 'new', changes: null }), { kind: 'new', changes: [], kept: [] });
});

test('what moved is told in sentences, the most frequent first', () => {
  assert.deepEqual(
    movementsInWords([
      { from: 'changed', to: 'changed', rows: 1 },
      { from: 'new', to: 'same', rows: 1300 },
      { from: 'changed', to: 'conflict', rows: 2 },
      { from: 'same', to: 'changed', rows: 5 },
      { from: 'changed', to: 'same', rows: 4 },
      { from: 'same', to: 'new', rows: 3 },
      { from: 'new', to: 'changed', rows: 6 },
    ]),
    [
      '새 주문 1,300건이 그사이 들어와 ‘같음’이 되었습니다.',
      '새 주문 6건이 그사이 들어와 ‘바뀜’이 되었습니다.',
      '5건은 그사이 다른 값이 되어 ‘바뀜’이 되었습니다.',
      '바뀔 4건이 그사이 파일과 같은 값이 되어 ‘같음’이 되었습니다.',
      '3건은 그사이 주문이 없어져 ‘새 주문’이 되었습니다.',
      '2건은 그사이 사람이 고치거나 더 나아가 ‘확인 필요’가 되었습니다.',
      '1건은 그사이 값이 달라져 바뀌는 칸이 다릅니다.',
    ],
  );
});
