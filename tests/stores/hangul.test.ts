import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

// what browsers run, as it is served
const { bestMatches, initialsOf, rankMatch } = createRequire(import.meta.url)('../../public/js/hangul.js');

const names = ['침대 프레임', '원목 침대', '침구 세트', '매트리스', '매트릿 커버', 'LED 침대'].map(
  (name) => ({ name }),
);
const found = (typed: string) => bestMatches(names, typed, 10).map(({ name }: { name: string }) => name);

test('names that begin with what was typed come before those that hold it', () => {
  assert.deepEqual(found('침대'), ['침대 프레임', '원목 침대', 'LED 침대']);
  assert.deepEqual(found('프레임'), ['침대 프레임']);
  assert.deepEqual(found('침대프레임'), ['침대 프레임']);
  assert.deepEqual(found('프레임 침대'), ['침대 프레임']);
  assert.deepEqual(found('led'), ['LED 침대']);
  assert.deepEqual(found('소파'), []);
  assert.deepEqual(found('').length, names.length);
});

test('initial consonants stand for syllables', () => {
  assert.equal(initialsOf('침대 Q'), 'ㅊㄷ Q');
  assert.deepEqual(found('ㅊㄷ'), ['침대 프레임', '원목 침대', 'LED 침대']);
  assert.deepEqual(found('ㅊㄱㅅㅌ'), ['침구 세트']);
  assert.deepEqual(found('매ㅌ'), ['매트리스', '매트릿 커버']);
});

test('a syllable on its way already finds', () => {
  assert.deepEqual(found('치'), ['침대 프레임', '침구 세트', '원목 침대', 'LED 침대']);
  assert.deepEqual(found('매트리'), ['매트리스', '매트릿 커버']);
});

test('text that macOS takes apart is the same text', () => {
  assert.equal(rankMatch('침대'.normalize('NFD'), '침대'), 0);
  assert.equal(rankMatch('침대', '침대'.normalize('NFD')), 0);
});
