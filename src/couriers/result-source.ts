import {
  daysInWords,
  type ListSource,
  listSource,
  pagesOfQuery,
  searchWords,
  wordsOf,
} from '#lib/list-source.ts';
import { findCourier } from './known/index.ts';
import { listResults, resultList } from './results.ts';
import { type ResultFileRow, type ResultState, resultStateNames } from './tables.ts';

/** The couriers' files that were taken in. */
export const resultSource: ListSource = listSource<ResultFileRow>({
  name: 'courier-results',
  title: '송장 결과',
  path: '/couriers/results',
  roles: ['admin', 'office'],
  view: 'couriers.results',
  definition: resultList,
  columns: [
    { key: 'made_at', title: '올린 때', kind: 'time', value: (result) => result.made_at },
    { key: 'file_name', title: '파일', kind: 'text', width: 34, value: (result) => result.file_name },
    { key: 'courier', title: '택배사', kind: 'text', value: (result) => findCourier(result.courier).name },
    { key: 'state', title: '상태', kind: 'text', value: (result) => resultStateNames[result.state] },
    { key: 'rows', title: '행', kind: 'number', sum: true, value: (result) => result.row_count },
    {
      key: 'sent',
      title: '보낸 상품주문',
      kind: 'number',
      width: 14,
      sum: true,
      value: (result) => result.sent_count,
    },
    { key: 'by', title: '올린 사람', kind: 'text', value: (result) => result.made_by_name },
    { key: 'applied_at', title: '적용한 때', kind: 'time', value: (result) => result.applied_at },
    { key: 'applied_by', title: '적용한 사람', kind: 'text', value: (result) => result.applied_by_name },
    { key: 'undone_at', title: '되돌린 때', kind: 'time', value: (result) => result.undone_at },
  ],
  inWords: (query) =>
    wordsOf([
      resultStateNames[query.filters.state as ResultState],
      daysInWords('올린 날', query),
      searchWords(query),
    ]),
  async open(snap, query) {
    const { total } = await listResults(snap, { ...query, page: 1, size: 1 });
    return {
      total,
      pages: () => pagesOfQuery(query, total, async (page) => (await listResults(snap, page)).results),
    };
  },
});
