import { type ListSource, listSource, pagesOfQuery, searchWords, wordsOf } from '#lib/list-source.ts';
import { countRanges, listRanges, type RangeState, rangeList } from './queries.ts';
import type { RangeRow } from './tables.ts';

const stateNames: Record<RangeState, string> = { current: '쓰는 구간', scheduled: '예정', past: '지난 구간' };

/** The ranges of postal codes, as a file. */
export const rangeSource: ListSource = listSource<RangeRow>({
  name: 'regions',
  title: '지역',
  path: '/regions',
  roles: ['admin', 'office'],
  view: 'regions.view',
  definition: rangeList,
  columns: [
    { key: 'from', title: '시작 우편번호', kind: 'text', value: (range) => range.from_code },
    { key: 'to', title: '끝 우편번호', kind: 'text', value: (range) => range.to_code },
    { key: 'sido', title: '시도', kind: 'text', value: (range) => range.sido },
    { key: 'sigungu', title: '시군구', kind: 'text', value: (range) => range.sigungu },
    { key: 'since', title: '시행일', kind: 'day', value: (range) => range.valid_from },
    { key: 'until', title: '마지막 날', kind: 'day', value: (range) => range.valid_to },
  ],
  inWords: (query) =>
    wordsOf([
      stateNames[(query.filters.state || 'current') as RangeState],
      query.filters.sido,
      searchWords(query),
    ]),
  async open(snap, query) {
    const counts = await countRanges(snap, query);
    const total = counts[(query.filters.state || 'current') as RangeState];
    return {
      total,
      pages: () => pagesOfQuery(query, total, (page) => listRanges(snap, page)),
    };
  },
});
