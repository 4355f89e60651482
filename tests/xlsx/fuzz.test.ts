import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { mock, test } from 'node:test';
import officeCrypto from 'officecrypto-tool';
import { FileRefused, readRows, WrongPassword } from '#lib/xlsx/index.ts';
import { unlock } from '#lib/xlsx/locks.ts';
import { biffFile } from './biff-files.ts';
import { type Sheet, texts, workbooks } from './twins.ts';

// A thousand damaged versions of each container: each is read or refused, soon and with a reason.

const mutations = 1000;
const patienceMs = 2000;

const sheets: Sheet[] = [
  {
    name: '주문',
    rows: [
      ['상품주문번호', '수취인명', '우편번호', '수량', '결제일', '비고'],
      ...Array.from({ length: 12 }, (_, at) => [
        `202611201234567${at}`,
        `김"하나", ${at}`,
        '06236',
        at + 0.5,
        new Date('2026-11-21T09:05:00Z'),
        at % 2 === 0 ? '문 앞\n부탁 & <감사>' : null,
      ]),
    ],
  },
  {
    name: '둘째',
    rows: [
      ['가', true],
      [null, false],
    ],
  },
];

const containers: Record<string, Buffer> = {};
for (const [name, write] of Object.entries({ ...workbooks, ...texts })) containers[name] = write(sheets);
containers['locked .xlsx'] = officeCrypto.encrypt(containers['.xlsx']!, {
  password: '1234',
  type: 'standard',
});
containers['.xls of one cell'] = biffFile([{ name: '가', rows: [['나']] }], { version: 8 });

// The key of a password is worked out 50,000 times over; the same one need not be again for each damaged file.
const keys = new Map<string, unknown>();
const standard = createRequire(import.meta.url)('officecrypto-tool/src/crypto/ecma376_standard.js') as {
  convertPasswordToKey: (...given: unknown[]) => unknown;
};
const workOut = standard.convertPasswordToKey;
mock.method(standard, 'convertPasswordToKey', (...given: unknown[]) => {
  const of = JSON.stringify(given);
  if (!keys.has(of)) keys.set(of, workOut(...given));
  return keys.get(of);
});

/** The same numbers on every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Some bytes changed, a piece taken out, doubled, or the end cut off. */
function mutated(bytes: Buffer, next: (below: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  const [at, length] = [next(bytes.length), 1 + next(64)];
  switch (next(8)) {
    case 0:
      return copy.subarray(0, at);
    case 1:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + length)]);
    case 2:
      return Buffer.concat([copy.subarray(0, at + length), copy.subarray(at)]);
    case 3:
      return copy.fill(next(2) * 0xff, at, Math.min(copy.length, at + length));
    default:
      for (let count = 1 + next(6); count > 0; count -= 1) copy[next(copy.length)] = interesting(next);
      return copy;
  }
}

const signs = Buffer.from('<>"\'&/=,;\t\n\r\0\x01\x7f\x80\xfe\xff', 'latin1');

function interesting(next: (below: number) => number): number {
  return next(2) === 0 ? signs[next(signs.length)]! : next(256);
}

async function outcome(bytes: Buffer, locked: boolean): Promise<'read' | 'refused'> {
  try {
    const open = locked ? await unlock(bytes, '1234') : bytes;
    for await (const row of readRows(open)) assert.equal(row.texts.length, row.kinds.length);
    return 'read';
  } catch (error) {
    if (error instanceof FileRefused || error instanceof WrongPassword) return 'refused';
    throw error;
  }
}

for (const [name, bytes] of Object.entries(containers)) {
  test(`${name}: ${mutations.toLocaleString('en')} damaged versions are each read or refused, none hangs`, async () => {
    const locked = name.startsWith('locked');
    assert.equal(await outcome(bytes, locked), 'read');
    const next = numbers(bytes.length);
    const counts = { read: 0, refused: 0 };
    for (let at = 0; at < mutations; at += 1) {
      const damaged = mutated(bytes, next);
      const before = process.cpuUsage(); // the clock also runs while others have the processor
      try {
        counts[await outcome(damaged, locked)] += 1;
      } catch (error) {
        throw new Error(`mutation ${at} of ${name}: ${damaged.toString('base64').slice(0, 2000)}`, {
          cause: error,
        });
      }
      const { user, system } = process.cpuUsage(before);
      const took = (user + system) / 1000;
      assert.ok(took < patienceMs, `mutation ${at} took ${took.toFixed(0)} ms`);
    }
    assert.ok(counts.refused > 20, JSON.stringify(counts));
  });
}
