import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { familyOf } from '../../bench/processes.ts';
import { longestPassword, whyNot } from '../../src/accounts/passwords/choosing.rules.ts';
import { commonWords } from '../../src/accounts/passwords/common.ts';
import { guess } from '../../src/accounts/passwords/guessing.rules.ts';
import { strokesOf } from '../../src/accounts/passwords/strokes.rules.ts';
import { hashPassword, verifyPassword } from '../../src/accounts/passwords.ts';

const hana = { login: 'hana.kim', name: '김하나' };
const judge = (password: string, chooser = hana) => whyNot(password, chooser, commonWords());

test('long passwords that nobody would try are taken, whatever letters they are made of', () => {
  for (const password of [
    '감나무 아래 세 사람',
    'correct horse battery staple',
    'xK9$mQ2!vLp7',
    '8f3kd02hs7',
    '처마끝—고드름 다섯🙂',
    '띄어쓰기도 글자다 참 좋지',
    'a b c 다라 7월의 비',
  ]) {
    assert.equal(judge(password), undefined, password);
  }
});

test('what everybody tries first is refused, and the reason names the part', () => {
  for (const [password, part] of [
    ['qwer1234!@#$', 'qwer1234'],
    ['P@ssw0rd2026', 'p@ssw0rd'],
    ['dkssudgktpdy1', 'dkssudgktpdy'],
    ['tkfkdgo1004!!', 'tkfkdgo1004'],
    ['사랑해사랑해사랑해사랑해', '사랑해'],
    ['안녕하세요반갑습니다', '안녕하세요'],
    ['ㅔㅁㄴㄴ재ㄱㅇ1234', 'password'],
    ['여름휴가2026!!', '2026'],
    ['Summer2026!!', 'summer'],
    ['Seoul1988!!', 'seoul'],
    ['1q2w3e4r5t!!', '1q2w3e4r5t'],
    ['aaaaaaaaaaaaaaaa', 'aaaa'],
    ['abcabcabcabcabc', 'abcabc'],
    ['zxcvbnm,./asdf', 'zxcvbnm'],
    ['010-1234-5678', '010-1234-5678'],
    ['01087214653', '01087214653'],
    ['19900101abcd', '19900101'],
    ['moa-demo-2026', 'moa'],
    ['침대매트리스가구2026', '매트리스'],
    ['가나다라마바사아자차', '가나다라'],
  ] as const) {
    const reason = judge(password) ?? 'taken';
    assert.match(reason, /짐작하기 쉬운 비밀번호입니다/, password);
    assert.ok(reason.includes(part), `${password}: ${reason}`);
  }
});

test('neither the login nor the name may stand in it, in any case and form', () => {
  assert.match(judge('HANA.KIM 우산 아래 셋') ?? '', /아이디가 들어 있습니다/);
  assert.match(judge('오늘도 김하나는 웃는다') ?? '', /이름이 들어 있습니다/);
  assert.match(judge('오늘도 하나는 웃는다네'.normalize('NFD')) ?? '', /이름이 들어 있습니다/);
  assert.equal(judge('오늘도 하나는 웃는다네', { login: 'bak', name: '박기사' }), undefined);
});

test('length is counted in letters as people see them: ten at least, and far more than 64 at most', () => {
  assert.equal(judge('감나무아래세'), '비밀번호는 10자 이상이어야 합니다. (지금 6자)');
  assert.equal(judge('감나무아래세사람'.normalize('NFD')), '비밀번호는 10자 이상이어야 합니다. (지금 8자)');
  const words = '처마 밑 고드름 다섯 개가 녹는 소리 ';
  assert.equal(judge(words.repeat(3) + 'wQz81!kL'.repeat(4)), undefined);
  assert.match(judge('우'.repeat(longestPassword + 1)) ?? '', /200자를 넘을 수 없습니다/);
  assert.match(judge('감나무 아래\n세 사람이 산다') ?? '', /제어 문자/);
});

test('random letters are always taken, and the same letters in a row never', () => {
  const letter = fc.constantFrom(...'bcdfghjkmnpqrtvwxzBCDFGHJKMNPQRTVWXZ');
  fc.assert(
    fc.property(fc.array(letter, { minLength: 16, maxLength: 40 }), (letters) => {
      const unlike = letters.filter((one, at) => one.toLowerCase() !== letters[at - 1]?.toLowerCase());
      fc.pre(new Set(unlike.map((one) => one.toLowerCase())).size > 10);
      assert.equal(judge(unlike.join('')), undefined);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }), (part) => {
      assert.notEqual(judge(part.repeat(12)), undefined);
    }),
  );
});

test('whatever is typed is judged, in time that nobody notices', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 220 }), (text) => {
      const reason = judge(text);
      assert.ok(reason === undefined || reason.length > 10);
    }),
    { numRuns: 60 },
  );
  const known = { common: commonWords(), own: [] };
  const before = process.cpuUsage(); // the clock also runs while others have the processor
  for (const worst of ['a'.repeat(200), 'ab1'.repeat(66), '가나'.repeat(100)]) guess(worst, known);
  const { user } = process.cpuUsage(before);
  assert.ok(user < 2_000_000, `${user} µs`);
});

test('Hangul is read by the keys it is typed with', () => {
  assert.equal(strokesOf('사랑해'), 'tkfkdgo');
  assert.equal(strokesOf('안녕하세요'), 'dkssudgktpdy');
  assert.equal(strokesOf('없다 괜찮아 ㅋㅋ1'), 'djqtek rhoscksgdk zz1');
});

test('the list that is shipped holds thousands of Korean and English words in small letters', () => {
  const words = [...commonWords()];
  assert.ok(words.length > 5000);
  assert.ok(words.filter((word) => /[가-힣]/.test(word)).length > 1000);
  for (const word of words) assert.equal(word, word.toLowerCase().normalize('NFC').trim());
  for (const word of ['password', 'qwer1234', 'dkssudgktpdy', '사랑해', '비밀번호', 'iloveyou', 'samsung'])
    assert.ok(commonWords().has(word), word);
});

test('hashing goes on in another process when the one that hashes is killed', async () => {
  const hash = await hashPassword('감나무 아래 세 사람');
  const waiting = Array.from({ length: 4 }, () => verifyPassword(hash, '감나무 아래 세 사람'));
  const hashers = familyOf(process.pid).filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('hasher.ts'),
  );
  assert.ok(hashers.length > 0);
  for (const hasher of hashers) process.kill(hasher, 'SIGKILL');
  assert.deepEqual(await Promise.all(waiting), [true, true, true, true]);
  assert.equal(await verifyPassword(hash, '감나무 아래 네 사람'), false);
  await assert.rejects(verifyPassword('no hash', 'x'));
});
