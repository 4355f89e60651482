import { allAtOnce, idIn, type ListSource, listSource } from '#lib/list-source.ts';
import type { ListDefinition } from '#lib/lists.ts';
import { formatPhone } from '#lib/phone.ts';
import type { MatchLine, PlannedRow } from './matching.rules.ts';
import { findResult, showPlan } from './results.ts';
import { sectionOf } from './sections.rules.ts';

export const resultRowList: ListDefinition = {
  sorts: ['row'],
  defaultSort: { key: 'row', dir: 'asc' },
  filters: { result: 'text' },
};

/** All rows of a courier's file with what they would do, those first that a person must look at. */
export const resultRowSource: ListSource = listSource<PlannedRow>({
  name: 'courier-result-rows',
  title: '송장 결과의 행',
  path: '/couriers/results/:result',
  roles: ['admin', 'office'],
  view: 'couriers.results',
  definition: resultRowList,
  columns: [
    { key: 'row', title: '행', kind: 'text', width: 7, value: (row) => String(row.row) },
    { key: 'section', title: '구분', kind: 'text', width: 13, value: (row) => sectionOf(row.kind).title },
    { key: 'why', title: '까닭', kind: 'text', width: 44, value: (row) => row.why },
    { key: 'tracking_no', title: '송장번호', kind: 'text', value: (row) => row.trackingNo },
    {
      key: 'told_name',
      title: '파일의 받는 분',
      kind: 'text',
      width: 14,
      personal: true,
      value: ({ told }) => told.name,
    },
    {
      key: 'told_phone',
      title: '파일의 연락처',
      kind: 'text',
      personal: true,
      value: ({ told }) => told.phones.map((phone) => formatPhone(phone)).join(', '),
    },
    {
      key: 'told_address',
      title: '파일의 주소',
      kind: 'text',
      width: 44,
      personal: true,
      value: ({ told }) => told.address,
    },
    { key: 'told_no', title: '파일의 주문번호', kind: 'text', width: 19, value: ({ told }) => told.orderNo },
    { key: 'told_items', title: '파일의 품목', kind: 'text', width: 30, value: ({ told }) => told.items },
    {
      key: 'order_no',
      title: '주문번호',
      kind: 'text',
      width: 19,
      value: (row) => eachOnce(row, (line) => line.order_no),
    },
    {
      key: 'line_no',
      title: '상품주문번호',
      kind: 'text',
      width: 19,
      value: (row) => eachOnce(row, (line) => line.line_no),
    },
    {
      key: 'recipient_name',
      title: '수취인',
      kind: 'text',
      width: 11,
      personal: true,
      value: (row) => eachOnce(row, (line) => line.recipient_name),
    },
  ],
  inWords: () => '',
  async open(snap, query) {
    const result = await findResult(snap, idIn(query, 'result'));
    const plan = await showPlan(snap, result);
    plan.sort((a, b) => sectionOf(a.kind).at - sectionOf(b.kind).at || a.row - b.row);
    return { of: result.file_name, ...allAtOnce(plan) };
  },
});

function eachOnce({ targets }: PlannedRow, text: (line: MatchLine) => string): string {
  return [...new Set(targets.flatMap(({ lines }) => lines.map(text)))].join(', ');
}
