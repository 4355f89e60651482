import { withinScope } from '#lib/ctx.ts';
import { daysInWords, type ListSource, listSource, pagesOfQuery, wordsOf } from '#lib/list-source.ts';
import { formatPhone } from '#lib/phone.ts';
import { soughtWords, statusNames } from '#orders';
import { couriers, findCourier } from './known/index.ts';
import { itemText } from './parcels.rules.ts';
import { openParcels, parcelList, type ShownParcel } from './parcels.ts';

const stateNames: Record<string, string> = { '': '아직 안 보냄', sent: '이미 보냄', all: '' };

/** The parcels that wait, as a list to look through; what a courier takes is its own sheet. */
export const parcelSource: ListSource = listSource<ShownParcel>({
  name: 'parcels',
  title: '택배',
  path: '/couriers',
  roles: ['admin', 'office'],
  view: 'couriers.sheets',
  definition: parcelList,
  columns: [
    { key: 'ordered_at', title: '주문일시', kind: 'time', value: ({ shown }) => shown[0]!.ordered_at },
    { key: 'channel', title: '채널', kind: 'text', value: (parcel) => parcel.channel },
    {
      key: 'order_no',
      title: '주문번호',
      kind: 'text',
      width: 19,
      value: ({ shown }) => [...new Set(shown.map((line) => line.order_no))].join(', '),
    },
    {
      key: 'recipient_name',
      title: '받는 분',
      kind: 'text',
      width: 11,
      personal: true,
      value: ({ shown }) => shown[0]!.recipient_name,
    },
    {
      key: 'recipient_phone',
      title: '연락처',
      kind: 'text',
      personal: true,
      value: ({ shown }) => formatPhone(shown[0]!.recipient_phone),
    },
    {
      key: 'postcode',
      title: '우편번호',
      kind: 'text',
      width: 9,
      value: ({ shown }) => shown[0]!.region.postcode || shown[0]!.postcode,
    },
    {
      key: 'address',
      title: '주소',
      kind: 'text',
      width: 48,
      personal: true,
      value: ({ shown: [first] }) => [first!.address, first!.address_detail].filter(Boolean).join(' '),
    },
    {
      key: 'items',
      title: '품목',
      kind: 'text',
      width: 44,
      value: ({ shown }) => shown.map(itemText).join(' / '),
    },
    {
      key: 'quantity',
      title: '수량',
      kind: 'number',
      sum: true,
      value: ({ shown }) => shown.reduce((sum, line) => sum + line.quantity, 0),
    },
    {
      key: 'lines',
      title: '상품주문',
      kind: 'number',
      sum: true,
      value: ({ shown }) => shown.length,
    },
    {
      key: 'status',
      title: '상태',
      kind: 'text',
      width: 12,
      value: ({ shown }) => [...new Set(shown.map((line) => statusNames[line.status]))].join(', '),
    },
    {
      key: 'sent_to',
      title: '보낸 택배사',
      kind: 'text',
      width: 12,
      value: ({ sent }) => (sent ? findCourier(sent.courier).name : ''),
    },
    { key: 'sent_at', title: '보낸 때', kind: 'time', value: ({ sent }) => sent?.made_at ?? null },
    { key: 'added', title: '추가', kind: 'text', width: 8, value: ({ added }) => (added ? '추가' : '') },
  ],
  inWords: (query) =>
    wordsOf([
      stateNames[query.filters.state ?? ''],
      query.filters.channel,
      query.filters.courier === 'none'
        ? '택배사 정하지 않음'
        : couriers.find(({ code }) => code === query.filters.courier)?.name,
      daysInWords('주문일', query),
      soughtWords(query),
    ]),
  async open(snap, query) {
    const channels = await withinScope(snap.db('channels'), snap, 'id').select('id', 'code', 'name');
    const { total, cut, page } = await openParcels(snap, query, channels);
    return {
      total,
      note: cut ? '기다리는 것이 많아 앞의 20,000건까지' : undefined,
      pages: () => pagesOfQuery(query, total, page),
    };
  },
});
