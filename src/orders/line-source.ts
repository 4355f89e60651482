import type { Snapshot } from '#lib/batches.ts';
import {
  daysInWords,
  type ListColumn,
  type ListSource,
  listSource,
  pagesOfIds,
  wordsOf,
} from '#lib/list-source.ts';
import type { ListQuery } from '#lib/lists.ts';
import { formatPhone } from '#lib/phone.ts';
import { arrangeNeighbours } from './arranging.rules.ts';
import { fieldNames } from './field-names.ts';
import { lineList, mostFound, openLines, rankIn } from './listing.ts';
import { statusInWords } from './naming-lines.ts';
import { soughtWords } from './search.rules.ts';
import { type ShownLine, showLines } from './shown-lines.ts';
import { type DeliveryMethod, type LineStatus, methodNames, statusNames } from './status.rules.ts';

const reportNames: Record<ShownLine['mall_report'], string> = {
  none: '',
  due: '보낼 것',
  sent: '파일에 담음',
  seen: '몰에 반영됨',
};

const columns: ListColumn<ShownLine>[] = [
  { key: 'ordered_at', title: fieldNames.ordered_at, kind: 'time', value: (line) => line.ordered_at },
  { key: 'order_no', title: fieldNames.order_no, kind: 'text', width: 19, value: (line) => line.order_no },
  { key: 'line_no', title: '상품주문번호', kind: 'text', width: 22, value: (line) => line.line_no },
  { key: 'status', title: fieldNames.status, kind: 'text', value: statusInWords },
  { key: 'product', title: '상품', kind: 'text', width: 28, value: (line) => line.product },
  { key: 'option', title: '옵션', kind: 'text', width: 24, value: (line) => line.option },
  {
    key: 'kind',
    title: fieldNames.kind,
    kind: 'text',
    width: 10,
    value: (line) => (line.kind === 'addon' ? '추가구성' : '본상품'),
  },
  { key: 'quantity', title: fieldNames.quantity, kind: 'number', sum: true, value: (line) => line.quantity },
  { key: 'amount', title: fieldNames.amount, kind: 'money', sum: true, value: (line) => line.amount },
  {
    key: 'shipping_fee',
    title: fieldNames.shipping_fee,
    kind: 'money',
    sum: (line) => `${line.order_id} ${line.bundle_no}`,
    value: (line) => line.shipping_fee,
  },
  {
    key: 'recipient_name',
    title: fieldNames.recipient_name,
    kind: 'text',
    width: 11,
    personal: true,
    value: (line) => line.recipient_name,
  },
  {
    key: 'recipient_phone',
    title: fieldNames.recipient_phone,
    kind: 'text',
    personal: true,
    value: (line) => formatPhone(line.recipient_phone),
  },
  {
    key: 'recipient_phone2',
    title: fieldNames.recipient_phone2,
    kind: 'text',
    personal: true,
    extra: true,
    value: (line) => formatPhone(line.recipient_phone2),
  },
  {
    key: 'postcode',
    title: fieldNames.postcode,
    kind: 'text',
    width: 9,
    value: (line) => line.region.postcode || line.postcode,
  },
  { key: 'sido', title: '시도', kind: 'text', width: 14, value: (line) => line.region.sido },
  { key: 'sigungu', title: '시군구', kind: 'text', width: 14, value: (line) => line.region.sigungu },
  {
    key: 'address',
    title: fieldNames.address,
    kind: 'text',
    width: 40,
    personal: true,
    value: (line) => line.address,
  },
  {
    key: 'address_detail',
    title: fieldNames.address_detail,
    kind: 'text',
    width: 24,
    personal: true,
    value: (line) => line.address_detail,
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
  { key: 'ship_by', title: fieldNames.ship_by, kind: 'day', value: (line) => line.ship_by },
  { key: 'wished_on', title: fieldNames.wished_on, kind: 'day', value: (line) => line.wished_on },
  {
    key: 'memo',
    title: fieldNames.memo,
    kind: 'text',
    width: 30,
    personal: true,
    value: (line) => line.memo,
  },
  {
    key: 'buyer_name',
    title: fieldNames.buyer_name,
    kind: 'text',
    width: 11,
    personal: true,
    extra: true,
    value: (line) => line.buyer_name,
  },
  {
    key: 'buyer_phone',
    title: fieldNames.buyer_phone,
    kind: 'text',
    personal: true,
    extra: true,
    value: (line) => formatPhone(line.buyer_phone),
  },
  {
    key: 'buyer_id',
    title: fieldNames.buyer_id,
    kind: 'text',
    personal: true,
    extra: true,
    value: (line) => line.buyer_id,
  },
  { key: 'paid_at', title: fieldNames.paid_at, kind: 'time', extra: true, value: (line) => line.paid_at },
  {
    key: 'dispatched_at',
    title: fieldNames.dispatched_at,
    kind: 'time',
    extra: true,
    value: (line) => line.dispatched_at,
  },
  {
    key: 'main_line_no',
    title: '본상품 번호',
    kind: 'text',
    width: 19,
    extra: true,
    value: (line) => line.main_line_no,
  },
  {
    key: 'bundle_no',
    title: fieldNames.bundle_no,
    kind: 'text',
    width: 19,
    extra: true,
    value: (line) => line.bundle_no,
  },
  {
    key: 'mall_report',
    title: '몰 발송처리',
    kind: 'text',
    extra: true,
    value: (line) => reportNames[line.mall_report],
  },
];

/** The list of orders as a file: the lines of the page's own query, all of them. */
export const lineSource: ListSource = listSource<ShownLine>({
  name: 'orders',
  title: '주문',
  path: '/orders',
  roles: ['admin', 'office'],
  view: 'orders.view',
  definition: lineList,
  columns,
  inWords: (query) =>
    wordsOf([
      statusNames[query.filters.status as LineStatus],
      methodNames[query.filters.method as DeliveryMethod],
      daysInWords('주문일', query),
      soughtWords(query),
    ]),
  async open(snap, query) {
    const { total, cut, ids } = await openLines(snap, query);
    return {
      total,
      note: cut ? `찾은 것이 많아 앞의 ${mostFound.toLocaleString('ko-KR')}건까지` : undefined,
      pages: () => arranged(snap, query, ids),
    };
  },
});

const longestRun = 10_000;

/** As the page arranges them: what the end of one page leaves open is arranged together with the next. */
async function* arranged(
  snap: Snapshot,
  query: ListQuery,
  ids: () => Promise<number[]>,
): AsyncGenerator<readonly ShownLine[]> {
  const rank = rankIn(query);
  let held: ShownLine[] = [];
  for await (const page of pagesOfIds(await ids(), (part) => showLines(snap, part))) {
    const lines = [...held, ...page];
    const last = rank(lines.at(-1)!);
    const end =
      lines.length > longestRun ? lines.length : lines.findLastIndex((line) => rank(line) !== last) + 1;
    held = lines.slice(end);
    yield arrangeNeighbours(lines.slice(0, end), rank);
  }
  yield arrangeNeighbours(held, rank);
}
