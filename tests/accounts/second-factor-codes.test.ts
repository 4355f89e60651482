import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Secret, TOTP } from 'otpauth';
import {
  blockedMinutes,
  enrolmentUrl,
  hashRecoveryCode,
  newRecoveryCodes,
  newSecret,
  stepOfCode,
  typedKey,
} from '../../src/accounts/second-factor/codes.rules.ts';

const secret = Buffer.from('12345678901234567890');

test('the codes are those of RFC 6238, cut to six digits', () => {
  const published: [number, string][] = [
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ];
  for (const [seconds, code] of published)
    assert.equal(stepOfCode(secret, code, new Date(seconds * 1000), 0), Math.floor(seconds / 30));
});

test('a code is taken from half a minute before to half a minute after its own, and only once', () => {
  const at = (step: number) => new Date(step * 30_000 + 7_000);
  const code = codeOf(secret, 1000);
  assert.equal(stepOfCode(secret, code, at(1000), 0), 1000);
  assert.equal(stepOfCode(secret, code, at(999), 0), 1000);
  assert.equal(stepOfCode(secret, code, at(1001), 0), 1000);
  assert.equal(stepOfCode(secret, code, at(998), 0), undefined);
  assert.equal(stepOfCode(secret, code, at(1002), 0), undefined);

  assert.equal(stepOfCode(secret, code, at(1000), 1000), undefined, 'the same again');
  assert.equal(stepOfCode(secret, codeOf(secret, 999), at(1000), 1000), undefined, 'an older one');
  assert.equal(stepOfCode(secret, codeOf(secret, 1001), at(1000), 1000), 1001, 'the next');
});

test('a code may be typed with spaces; anything else is no code and breaks nothing', () => {
  const now = new Date(1000 * 30_000);
  const code = codeOf(secret, 1000);
  assert.equal(stepOfCode(secret, ` ${code.slice(0, 3)} ${code.slice(3)} `, now, 0), 1000);
  fc.assert(
    fc.property(fc.string(), (typed) => {
      fc.pre(!/^\d{6}$/.test(typed.replace(/[\s-]/g, '')));
      assert.equal(stepOfCode(secret, typed, now, 0), undefined);
    }),
  );
});

test('what a phone scans and what a person types carry the same secret', () => {
  const made = newSecret();
  assert.equal(made.length, 20);
  const url = new URL(enrolmentUrl(made, 'hana'));
  assert.equal(url.protocol, 'otpauth:');
  assert.equal(decodeURIComponent(url.pathname), '/모아:hana');
  assert.equal(url.searchParams.get('issuer'), '모아');
  const typed = typedKey(made);
  assert.match(typed, /^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
  assert.equal(url.searchParams.get('secret'), typed.replaceAll(' ', ''));
  assert.deepEqual(Buffer.from(Secret.fromBase32(typed.replaceAll(' ', '')).bytes), Buffer.from(made));
});

test('recovery codes are ten, all different, and the same however they are typed', () => {
  const codes = newRecoveryCodes();
  assert.equal(new Set(codes).size, 10);
  for (const code of codes) assert.match(code, /^([2-9A-HJKMNP-Z]{4}-){3}[2-9A-HJKMNP-Z]{4}$/);

  const key = Buffer.alloc(32, 7);
  const [code] = codes as [string];
  const hash = hashRecoveryCode(key, 5, code);
  assert.deepEqual(hashRecoveryCode(key, 5, ` ${code.toLowerCase().replaceAll('-', ' ')} `), hash);
  assert.notDeepEqual(hashRecoveryCode(key, 6, code), hash, 'of somebody else');
  assert.notDeepEqual(hashRecoveryCode(Buffer.alloc(32, 8), 5, code), hash, 'in another installation');
});

test('wrong codes cost nothing four times, then a minute, then twice as long each time, up to an hour', () => {
  assert.deepEqual([1, 4, 5, 6, 7, 10, 11, 50].map(blockedMinutes), [0, 0, 1, 2, 4, 32, 60, 60]);
});

function codeOf(bytes: Uint8Array, step: number): string {
  return TOTP.generate({
    secret: Secret.fromLatin1(Buffer.from(bytes).toString('latin1')),
    timestamp: step * 30_000,
  });
}
