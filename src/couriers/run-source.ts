import {
  allAtOnce,
  daysInWords,
  idIn,
  type ListSource,
  listSource,
  pagesOfQuery,
  searchWords,
  wordsOf,
} from '#lib/list-source.ts';
import type { ListDefinition } from '#lib/lists.ts';
import { formatPhone } from '#lib/phone.ts';
import { type ShownLine, statusNames } from '#orders';
import { findCourier } from './known/index.ts';
import { itemText, parcelNo } from './parcels.rules.ts';
import { findRun, listRuns, type RunParcel, runList, runParcels } from './runs.ts';
import type { RunRow } from './tables.ts';

/** The sheets that were made for couriers. */
export const runSource: ListSource = listSource<RunRow>({
  name: 'courier-runs',
  title: '만든 택배 파일',
  path: '/couriers/runs',
  roles: ['admin', 'office'],
  view: 'couriers.sheets',
  definition: runList,
  columns: [
    { key: 'made_at', title: '만든 때', kind: 'time', value: (run) => run.made_at },
    { key: 'courier', title: '택배사', kind: 'text', value: (run) => findCourier(run.courier).name },
    { key: 'parcels', title: '택배', kind: 'number', sum: true, value: (run) => run.parcel_count },
    { key: 'lines', title: '상품주문', kind: 'number', sum: true, value: (run) => run.line_count },
    { key: 'boxes', title: '박스', kind: 'number', sum: true, value: (run) => run.box_count },
    { key: 'again', title: '다시 보냄', kind: 'number', sum: true, value: (run) => run.again_count },
    { key: 'reason', title: '이유', kind: 'text', width: 40, value: (run) => run.reason },
    { key: 'by', title: '만든 사람', kind: 'text', value: (run) => run.made_by_name },
  ],
  inWords: (query) => wordsOf([daysInWords('만든 날', query), searchWords(query)]),
  async open(snap, query) {
    const { total } = await listRuns(snap, { ...query, page: 1, size: 1 });
    return {
      total,
      pages: () => pagesOfQuery(query, total, async (page) => (await listRuns(snap, page)).runs),
    };
  },
});

export const runParcelList: ListDefinition = {
  sorts: ['position'],
  defaultSort: { key: 'position', dir: 'asc' },
  filters: { run: 'text' },
};

/** What stands in one sheet, with how it stands now. */
export const runParcelSource: ListSource = listSource<RunParcel>({
  name: 'courier-run-parcels',
  title: '택배 파일의 택배',
  path: '/couriers/runs/:run',
  roles: ['admin', 'office'],
  view: 'couriers.sheets',
  definition: runParcelList,
  columns: [
    { key: 'parcel_no', title: '우리 번호', kind: 'text', value: (parcel) => parcelNo(parcel.id) },
    { key: 'channel', title: '채널', kind: 'text', value: (parcel) => parcel.channel },
    {
      key: 'order_no',
      title: '주문번호',
      kind: 'text',
      width: 19,
      value: ({ lines }) => eachOnce(lines, (line) => line.order_no),
    },
    {
      key: 'recipient_name',
      title: '받는 분',
      kind: 'text',
      width: 11,
      personal: true,
      value: ({ lines }) => lines[0]?.recipient_name ?? '',
    },
    {
      key: 'recipient_phone',
      title: '연락처',
      kind: 'text',
      personal: true,
      extra: true,
      value: ({ lines }) => formatPhone(lines[0]?.recipient_phone ?? ''),
    },
    {
      key: 'items',
      title: '품목',
      kind: 'text',
      width: 44,
      value: ({ lines }) => lines.map(itemText).join(' / '),
    },
    { key: 'boxes', title: '박스', kind: 'number', sum: true, value: (parcel) => parcel.boxes },
    {
      key: 'tracking_no',
      title: '송장번호',
      kind: 'text',
      width: 18,
      value: ({ lines }) => eachOnce(lines, (line) => line.tracking_no),
    },
    {
      key: 'status',
      title: '상태',
      kind: 'text',
      width: 14,
      value: ({ lines }) =>
        lines.length === 0 ? '지금은 없는 주문' : eachOnce(lines, (line) => statusNames[line.status]),
    },
    {
      key: 'again',
      title: '다시 보냄',
      kind: 'text',
      width: 10,
      value: (parcel) => (parcel.again ? '다시 보냄' : ''),
    },
  ],
  inWords: () => '',
  async open(snap, query) {
    const run = await findRun(snap, idIn(query, 'run'));
    return {
      of: `${findCourier(run.courier).name} ${run.id}번`,
      ...allAtOnce(await runParcels(snap, run.id)),
    };
  },
});

function eachOnce(lines: readonly ShownLine[], text: (line: ShownLine) => string): string {
  return [...new Set(lines.map(text))].filter(Boolean).join(', ');
}
