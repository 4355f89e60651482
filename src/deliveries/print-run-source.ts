import {
  daysInWords,
  type ListSource,
  listSource,
  pagesOfQuery,
  searchWords,
  wordsOf,
} from '#lib/list-source.ts';
import { filterInWords } from './filter.rules.ts';
import { listPrintRuns, type PrintRun, printRunList } from './printing.ts';

/** The numbered print-outs, as a file. */
export const printRunSource: ListSource = listSource<PrintRun>({
  name: 'prints',
  title: '출력 회차',
  path: '/deliveries/prints',
  roles: ['admin', 'office'],
  view: 'deliveries.print',
  definition: printRunList,
  columns: [
    { key: 'run_no', title: '회차', kind: 'number', value: (run) => run.run_no },
    { key: 'printed_at', title: '출력한 때', kind: 'time', value: (run) => run.printed_at },
    { key: 'printed_by', title: '출력한 사람', kind: 'text', value: (run) => run.printed_by_name },
    { key: 'filter', title: '조건', kind: 'text', width: 40, value: (run) => filterInWords(run.filter) },
    { key: 'deliveries', title: '배송', kind: 'number', sum: true, value: (run) => run.delivery_count },
    { key: 'items', title: '상품', kind: 'number', sum: true, value: (run) => run.item_count },
  ],
  inWords: (query) => wordsOf([daysInWords('출력일', query), searchWords(query)]),
  async open(snap, query) {
    const { total } = await listPrintRuns(snap, { ...query, page: 1, size: 1 });
    return {
      total,
      pages: () => pagesOfQuery(query, total, async (page) => (await listPrintRuns(snap, page)).runs),
    };
  },
});
