import type { AccessKind } from '#lib/access.ts';
import {
  daysInWords,
  type ListSource,
  listSource,
  pagesOfIds,
  searchWords,
  wordsOf,
} from '#lib/list-source.ts';
import type { AccessRecord } from './chain.rules.ts';
import { kindNames, nameSubject, subjectWords } from './records.rules.ts';
import { allRecordIds, countRecords, readRecords, recordList } from './records.ts';

/** The access records as a file: about our own people, whose names and addresses are personal data too. */
export const recordSource: ListSource = listSource<AccessRecord>({
  name: 'access',
  title: '접속기록',
  path: '/access-records',
  roles: ['admin'],
  view: 'personal.records',
  definition: recordList,
  columns: [
    { key: 'id', title: '번호', kind: 'number', value: (row) => row.id },
    { key: 'at', title: '일시', kind: 'time', value: (row) => row.at },
    { key: 'actor', title: '사람', kind: 'text', personal: true, value: (row) => row.actor_name },
    { key: 'address', title: '접속지', kind: 'text', personal: true, value: (row) => row.address },
    { key: 'kind', title: '한 일', kind: 'text', value: (row) => kindNames[row.kind as AccessKind] },
    { key: 'subject', title: '대상', kind: 'text', width: 20, value: (row) => subjectWords(row).label },
    { key: 'people', title: '사람 수', kind: 'number', sum: true, value: (row) => row.people },
    { key: 'detail', title: '내용', kind: 'text', width: 40, value: (row) => row.detail },
    { key: 'reason', title: '이유', kind: 'text', width: 30, value: (row) => row.reason },
    { key: 'path', title: '화면', kind: 'text', width: 24, value: (row) => row.path },
    { key: 'request_id', title: '요청 번호', kind: 'text', width: 38, value: (row) => row.request_id },
    {
      key: 'subjects',
      title: '대상 모두',
      kind: 'text',
      width: 40,
      extra: true,
      value: (row) =>
        row.subjects
          .split(',')
          .filter(Boolean)
          .map((key) => nameSubject(key).label)
          .join(', '),
    },
  ],
  inWords: (query) =>
    wordsOf([
      kindNames[query.filters.kind as AccessKind],
      query.filters.person ? `사람 번호 ${query.filters.person}` : '',
      daysInWords('일시', query),
      searchWords(query),
    ]),
  async open(snap, query) {
    const counts = await countRecords(snap, query);
    const { kind } = query.filters;
    const total = kind
      ? (counts.get(kind as AccessKind) ?? 0)
      : [...counts.values()].reduce((sum, n) => sum + n, 0);
    return {
      total,
      async *pages() {
        yield* pagesOfIds(await allRecordIds(snap, query), (ids) => readRecords(snap, ids));
      },
    };
  },
});
