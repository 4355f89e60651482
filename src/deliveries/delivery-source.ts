import type { Snapshot } from '#lib/batches.ts';
import { type ListColumn, type ListSource, listSource, pagesOfIds } from '#lib/list-source.ts';
import { formatPhone } from '#lib/phone.ts';
import { publicId } from '#lib/versions.ts';
import { loadRegionBook, type RegionBook, regionOf } from '#regions';
import { deliveryStateNames } from './bundling.rules.ts';
import { deliveryList, filterInWords, filterOf } from './filter.rules.ts';
import { type DeliveryItem, isCancelled, itemMarks } from './items.rules.ts';
import { listItems } from './items.ts';
import { openDeliveries, withKnownDistrict } from './listing.ts';
import { readRows } from './paging.ts';
import { shownPerson } from './personal.ts';
import type { DeliveryRow } from './tables.ts';
import { changeBadges, regionBadges } from './wording.ts';

interface FiledDelivery {
  row: DeliveryRow;
  items: DeliveryItem[];
  marks: string[];
}

const columns: ListColumn<FiledDelivery>[] = [
  { key: 'sido', title: '시도', kind: 'text', width: 14, value: ({ row }) => row.sido },
  { key: 'sigungu', title: '시군구', kind: 'text', width: 14, value: ({ row }) => row.sigungu },
  { key: 'ordered_on', title: '주문일', kind: 'day', value: ({ row }) => row.ordered_on },
  { key: 'wished_on', title: '희망일', kind: 'day', value: ({ row }) => row.wished_on },
  {
    key: 'recipient_name',
    title: '수취인',
    kind: 'text',
    width: 11,
    personal: true,
    value: ({ row }) => row.recipient_name,
  },
  {
    key: 'recipient_phone',
    title: '연락처',
    kind: 'text',
    personal: true,
    value: ({ row }) => formatPhone(row.recipient_phone),
  },
  {
    key: 'recipient_phone2',
    title: '연락처2',
    kind: 'text',
    personal: true,
    value: ({ row }) => formatPhone(row.recipient_phone2),
  },
  { key: 'postcode', title: '우편번호', kind: 'text', width: 9, value: ({ row }) => row.postcode },
  { key: 'address', title: '주소', kind: 'text', width: 40, personal: true, value: ({ row }) => row.address },
  {
    key: 'address_detail',
    title: '상세주소',
    kind: 'text',
    width: 24,
    personal: true,
    value: ({ row }) => row.address_detail,
  },
  {
    key: 'items',
    title: '품목',
    kind: 'text',
    width: 44,
    value: ({ row, items }) => itemsInWords(row, items),
  },
  {
    key: 'quantity',
    title: '수량',
    kind: 'number',
    sum: true,
    value: ({ items }) =>
      items.filter((item) => !isCancelled(item)).reduce((sum, item) => sum + item.quantity, 0),
  },
  { key: 'memo', title: '메모', kind: 'text', width: 30, personal: true, value: ({ row }) => row.memo },
  { key: 'state', title: '상태', kind: 'text', width: 10, value: ({ row }) => deliveryStateNames[row.state] },
  { key: 'marks', title: '확인', kind: 'text', width: 20, value: ({ marks }) => marks.join(', ') },
  { key: 'ship_by', title: '발송기한', kind: 'day', extra: true, value: ({ row }) => row.ship_by },
  {
    key: 'line_count',
    title: '상품주문 수',
    kind: 'number',
    extra: true,
    sum: true,
    value: ({ row }) => row.line_count,
  },
  {
    key: 'order_nos',
    title: '주문번호',
    kind: 'text',
    width: 19,
    extra: true,
    value: ({ items }) => [...new Set(items.map((item) => item.order_no))].join(', '),
  },
  {
    key: 'buyer_name',
    title: '구매자',
    kind: 'text',
    width: 11,
    personal: true,
    extra: true,
    value: ({ row }) => row.buyer_name,
  },
  {
    key: 'buyer_phone',
    title: '구매자 연락처',
    kind: 'text',
    personal: true,
    extra: true,
    value: ({ row }) => formatPhone(row.buyer_phone),
  },
];

/** The list of deliveries as a file: a row a home, its goods in one cell. */
export const deliverySource: ListSource = listSource<FiledDelivery>({
  name: 'deliveries',
  title: '배송',
  path: '/deliveries',
  roles: ['admin', 'office'],
  view: 'deliveries.view',
  definition: deliveryList,
  columns,
  inWords: (query) => filterInWords(filterOf(query)),
  async open(snap, query) {
    const book = await loadRegionBook(snap);
    const { counts, ids } = await openDeliveries(snap, withKnownDistrict(query, book));
    const all = { offset: 0, size: counts.total };
    return {
      total: counts.total,
      async *pages() {
        yield* pagesOfIds(await ids(all), (part) => filed(snap, part, book));
      },
    };
  },
});

async function filed(snap: Snapshot, ids: readonly number[], book: RegionBook): Promise<FiledDelivery[]> {
  const rows = await readRows(snap, ids);
  const items = await listItems(snap, rows.map(publicId));
  return rows.map((row) => ({
    row: shownPerson(snap, row),
    items: items.get(publicId(row)) ?? [],
    marks: [...changeBadges(row), ...regionBadges(row, regionOf(book, row))].map(({ label }) => label),
  }));
}

/** '원목 침대 퀸(Q) 2개 / 방수 커버 1개 [추가]' */
function itemsInWords(row: DeliveryRow, items: readonly DeliveryItem[]): string {
  return items
    .map((item) => {
      const marks = itemMarks(item, row.state);
      return `${item.name} ${item.quantity}개${marks.length > 0 ? ` [${marks.join(', ')}]` : ''}`;
    })
    .join(' / ');
}
