import { allAtOnce, type ListSource, listSource, searchWords, wordsOf } from '#lib/list-source.ts';
import { formatPhone } from '#lib/phone.ts';
import { type ListedPartner, listPartners, partnerList } from './partners.ts';
import { sheetNumber } from './sheet.rules.ts';

const stateNames: Record<string, string> = { active: '거래 중', inactive: '거래 멈춤' };

/** The partners with what is to be done about each. */
export const partnerSource: ListSource = listSource<ListedPartner>({
  name: 'partners',
  title: '협력사',
  path: '/partners',
  roles: ['admin', 'office'],
  view: 'partners.view',
  definition: partnerList,
  columns: [
    { key: 'name', title: '협력사', kind: 'text', width: 24, value: (partner) => partner.name },
    {
      key: 'state',
      title: '상태',
      kind: 'text',
      width: 11,
      value: (partner) => (partner.is_active ? '거래 중' : '거래 멈춤'),
    },
    {
      key: 'contact',
      title: '담당자',
      kind: 'text',
      width: 12,
      personal: true,
      value: (partner) => partner.contact,
    },
    {
      key: 'phone',
      title: '연락처',
      kind: 'text',
      personal: true,
      value: (partner) => formatPhone(partner.phone),
    },
    { key: 'products', title: '상품', kind: 'number', sum: true, value: (partner) => partner.products },
    {
      key: 'waiting',
      title: '발주할 것',
      kind: 'number',
      width: 11,
      sum: true,
      value: (partner) => partner.waiting,
    },
    { key: 'items', title: '수량', kind: 'number', sum: true, value: (partner) => partner.items },
    {
      key: 'early',
      title: '발주확인 전',
      kind: 'number',
      width: 12,
      sum: true,
      value: (partner) => partner.early,
    },
    {
      key: 'news',
      title: '보낸 뒤 바뀐 것',
      kind: 'number',
      width: 15,
      sum: true,
      value: (partner) => partner.news,
    },
    {
      key: 'last_no',
      title: '마지막 발주',
      kind: 'text',
      width: 12,
      value: ({ last }) => (last ? sheetNumber(last) : ''),
    },
    { key: 'last_at', title: '마지막 발주한 때', kind: 'time', value: ({ last }) => last?.made_at ?? null },
    { key: 'last_by', title: '발주한 사람', kind: 'text', value: ({ last }) => last?.made_by_name ?? '' },
    {
      key: 'purpose',
      title: '제공 목적',
      kind: 'text',
      width: 24,
      extra: true,
      value: (partner) => partner.purpose,
    },
    { key: 'memo', title: '메모', kind: 'text', width: 30, extra: true, value: (partner) => partner.memo },
  ],
  inWords: (query) => wordsOf([stateNames[query.filters.state ?? ''], searchWords(query)]),
  open: async (snap, query) => allAtOnce((await listPartners(snap, query)).partners),
});
