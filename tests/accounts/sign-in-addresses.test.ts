import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isListed, readAddresses } from '../../src/accounts/sign-in-rules/addresses.rules.ts';

const listed = (text: string, address: string) => isListed(address, readAddresses(text).addresses);

test('a list takes addresses and networks of both kinds, with notes, and blank lines', () => {
  const text = '203.0.113.7 본사\r\n\n# 매장\n198.51.100.0/24 # 강남점\n2001:db8:1::/48\n';
  const { addresses, problems } = readAddresses(text);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    addresses.map(({ line, network, prefix }) => [line, network, prefix]),
    [
      [1, '203.0.113.7', 32],
      [4, '198.51.100.0', 24],
      [5, '2001:db8:1::', 48],
    ],
  );
  for (const inside of ['203.0.113.7', '198.51.100.255', '2001:db8:1:ffff::9', '::ffff:203.0.113.7'])
    assert.equal(listed(text, inside), true, inside);
  for (const outside of [
    '203.0.113.8',
    '198.51.101.0',
    '2001:db8:2::1',
    '::ffff:203.0.113.8',
    '::1',
    '',
    'x',
  ])
    assert.equal(listed(text, outside), false, outside);
});

test('each line that is no address is named with its number', () => {
  const { problems } = readAddresses(
    '10.0.0.1\n10.0.0\n10.0.0.0/33\n10.0.0.0/8/8\n0.0.0.0/0\n::/129\n본사\n10.0.0.0/',
  );
  assert.deepEqual(
    problems.map(({ line }) => line),
    [2, 3, 4, 5, 6, 7, 8],
  );
  assert.match(problems[0]!.message, /^2번째 줄 ‘10\.0\.0’: 주소가 아닙니다/);
  assert.match(problems[3]!.message, /모든 주소/);
  assert.equal(readAddresses('10.0.0.1\n'.repeat(201)).problems.length, 1);
});

test('a network holds exactly the addresses that share its first bits', () => {
  const ipv4 = fc.nat({ max: 2 ** 32 - 1 });
  fc.assert(
    fc.property(ipv4, ipv4, fc.integer({ min: 1, max: 32 }), (network, address, prefix) => {
      const shift = 2 ** (32 - prefix);
      const same = Math.floor(network / shift) === Math.floor(address / shift);
      assert.equal(listed(`${dotted(network)}/${prefix}`, dotted(address)), same);
    }),
  );
  fc.assert(fc.property(fc.string(), fc.string(), (text, address) => void listed(text, address)));
});

const dotted = (n: number) => [24, 16, 8, 0].map((bits) => Math.floor(n / 2 ** bits) % 256).join('.');
