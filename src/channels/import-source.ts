import {
  daysInWords,
  type ListSource,
  listSource,
  pagesOfQuery,
  searchWords,
  wordsOf,
} from '#lib/list-source.ts';
import { importList, type ListedImport, listImports } from './import-list.ts';
import { importStateNames } from './tables.ts';

const tabNames: Record<string, string> = {
  open: '진행 중',
  applied: '적용됨',
  undone: '되돌림',
  failed: '읽지 못함·취소',
  waits: '주문 기다림',
};

/** The history of imports, as a file. */
export const importSource: ListSource = listSource<ListedImport>({
  name: 'imports',
  title: '가져오기',
  path: '/imports',
  roles: ['admin', 'office'],
  view: 'imports.view',
  definition: importList,
  columns: [
    { key: 'created_at', title: '올린 때', kind: 'time', value: (row) => row.created_at },
    { key: 'file_name', title: '파일', kind: 'text', width: 34, value: (row) => row.file_name },
    { key: 'channel', title: '채널', kind: 'text', value: (row) => row.channel_name ?? '' },
    { key: 'state', title: '상태', kind: 'text', value: (row) => importStateNames[row.state] },
    { key: 'new', title: '새 주문', kind: 'number', sum: true, value: (row) => row.new_count },
    { key: 'changed', title: '바뀜', kind: 'number', sum: true, value: (row) => row.changed_count },
    { key: 'same', title: '같음', kind: 'number', sum: true, value: (row) => row.same_count },
    { key: 'conflict', title: '확인 필요', kind: 'number', sum: true, value: (row) => row.conflict_count },
    { key: 'waiting', title: '주문 기다림', kind: 'number', sum: true, value: (row) => row.waiting_count },
    { key: 'rejected', title: '거절', kind: 'number', sum: true, value: (row) => row.rejected_count },
    { key: 'by', title: '올린 사람', kind: 'text', value: (row) => row.created_by_name },
    { key: 'applied_at', title: '적용한 때', kind: 'time', value: (row) => row.applied_at },
    { key: 'undone_at', title: '되돌린 때', kind: 'time', value: (row) => row.undone_at },
    { key: 'failure', title: '읽지 못한 까닭', kind: 'text', width: 40, value: (row) => row.failure },
  ],
  inWords: (query) =>
    wordsOf([tabNames[query.filters.state ?? ''], daysInWords('올린 날', query), searchWords(query)]),
  async open(snap, query) {
    const { counts } = await listImports(snap, { ...query, page: 1, size: 1 });
    const total = counts[query.filters.state || 'all'] ?? 0;
    return {
      total,
      pages: () => pagesOfQuery(query, total, async (page) => (await listImports(snap, page)).imports),
    };
  },
});
