import type { Invariant } from '#lib/invariants.ts';
import { keysStand, rowsOf } from '#lib/invariants.ts';

export const invariants: readonly Invariant[] = [
  keysStand('regions.keys', '지역', { region_ranges: ['from_code,valid_from'], region_book: ['id'] }),
  {
    name: 'regions.ranges',
    sentence: '우편번호 하나는 같은 날 한 지역에만 속합니다.',
    async *find(snap) {
      const rows = await rowsOf<{ from_code: string; to_code: string }>(
        snap,
        `SELECT DISTINCT one.from_code, one.to_code FROM region_ranges one
         JOIN region_ranges other ON other.id <> one.id
           AND other.from_code BETWEEN one.from_code AND one.to_code
           AND other.valid_from <= COALESCE(one.valid_to, '9999-12-31')
           AND one.valid_from <= COALESCE(other.valid_to, '9999-12-31')
         UNION SELECT from_code, to_code FROM region_ranges WHERE to_code < from_code OR valid_to < valid_from`,
      );
      for (const { from_code, to_code } of rows)
        yield {
          words: `우편번호 ${from_code}~${to_code}의 구간이 다른 구간과 겹칩니다.`,
          href: `/regions?q=${from_code}`,
        };
    },
  },
];
