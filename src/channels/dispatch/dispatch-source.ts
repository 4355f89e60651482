import { type ListSource, listSource, pagesOfQuery, wordsOf } from '#lib/list-source.ts';
import { fieldNames, type LineRow, methodNames } from '#orders';
import { dispatchList, openDispatch, shownLine } from './overview.ts';

type DueRow = LineRow & { channel: string; problems: string };

/** What a mall has yet to be told of, as a file to look through; the mall's own file is another. */
export const dispatchSource: ListSource = listSource<DueRow>({
  name: 'dispatch',
  title: '발송처리',
  path: '/dispatch',
  roles: ['admin', 'office'],
  view: 'dispatch.export',
  definition: dispatchList,
  columns: [
    { key: 'channel', title: '채널', kind: 'text', value: (line) => line.channel },
    {
      key: 'dispatched_at',
      title: '발송일시',
      kind: 'time',
      value: (line) => line.dispatched_at as Date | null,
    },
    { key: 'line_no', title: '상품주문번호', kind: 'text', width: 19, value: (line) => line.line_no },
    { key: 'order_no', title: fieldNames.order_no, kind: 'text', width: 19, value: (line) => line.order_no },
    {
      key: 'recipient_name',
      title: fieldNames.recipient_name,
      kind: 'text',
      width: 11,
      personal: true,
      value: (line) => line.recipient_name,
    },
    {
      key: 'method',
      title: fieldNames.method,
      kind: 'text',
      width: 10,
      value: (line) => methodNames[line.method],
    },
    { key: 'courier', title: fieldNames.courier, kind: 'text', value: (line) => line.courier },
    { key: 'tracking_no', title: fieldNames.tracking_no, kind: 'text', value: (line) => line.tracking_no },
    {
      key: 'file',
      title: '파일',
      kind: 'text',
      width: 12,
      value: (line) => (line.mall_report === 'sent' ? '받은 적 있음' : '새로'),
    },
    { key: 'problems', title: '확인 필요', kind: 'text', width: 40, value: (line) => line.problems },
  ],
  inWords: ({ filters }) =>
    wordsOf([
      filters.scope === 'unseen' ? '몰에 반영되기 전 전체' : '아직 파일로 안 만든 것',
      filters.show === 'problems' ? '확인이 필요한 것만' : '',
    ]),
  async open(snap, query) {
    const { chosen, total, problems, page } = await openDispatch(snap, query);
    const withProblems = async (part: typeof query) =>
      (await page(part)).map((line) => ({
        ...shownLine(snap, line),
        channel: chosen.name,
        problems: (problems.get(line.id) ?? []).join(' '),
      }));
    return { total, of: chosen.name, pages: () => pagesOfQuery(query, total, withProblems) };
  },
});
