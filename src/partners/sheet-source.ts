import {
  daysInWords,
  idIn,
  type ListSource,
  listSource,
  pagesOfQuery,
  searchWords,
  wordsOf,
} from '#lib/list-source.ts';
import type { ListDefinition } from '#lib/lists.ts';
import { findPartner } from './partners.ts';
import { sheetNumber } from './sheet.rules.ts';
import { type FoundSheet, listSheets, sheetList } from './sheets.ts';
import type { SheetRow } from './tables.ts';

const partnerSheetList: ListDefinition = { ...sheetList, filters: { partner: 'text' } };

const scopeNames: Record<SheetRow['scope'], string> = {
  waiting: '새 발주',
  range: '기간',
  supplement: '보충',
};

/** What a partner was sent; the rows of one sheet are its own file. */
export const sheetSource: ListSource = listSource<FoundSheet>({
  name: 'partner-sheets',
  title: '보낸 발주서',
  path: '/partners/:partner/sheets',
  roles: ['admin', 'office'],
  view: 'partners.view',
  definition: partnerSheetList,
  columns: [
    { key: 'number', title: '발주번호', kind: 'text', width: 11, value: sheetNumber },
    { key: 'scope', title: '종류', kind: 'text', width: 10, value: (sheet) => scopeNames[sheet.scope] },
    { key: 'from', title: '주문일 시작', kind: 'day', width: 12, value: (sheet) => sheet.from_day },
    { key: 'to', title: '주문일 끝', kind: 'day', value: (sheet) => sheet.to_day },
    { key: 'made_at', title: '만든 때', kind: 'time', value: (sheet) => sheet.made_at },
    { key: 'by', title: '만든 사람', kind: 'text', value: (sheet) => sheet.made_by_name },
    { key: 'lines', title: '건수', kind: 'number', sum: true, value: (sheet) => sheet.line_count },
    { key: 'items', title: '수량', kind: 'number', sum: true, value: (sheet) => sheet.item_count },
    {
      key: 'state',
      title: '상태',
      kind: 'text',
      width: 10,
      value: (sheet) => (sheet.undone_at ? '되돌림' : '발주함'),
    },
    { key: 'undone_at', title: '되돌린 때', kind: 'time', value: (sheet) => sheet.undone_at },
    { key: 'undone_by', title: '되돌린 사람', kind: 'text', value: (sheet) => sheet.undone_by_name ?? '' },
    {
      key: 'purpose',
      title: '제공 목적',
      kind: 'text',
      width: 24,
      extra: true,
      value: (sheet) => sheet.purpose,
    },
  ],
  inWords: (query) => wordsOf([daysInWords('만든 날', query), searchWords(query)]),
  async open(snap, query) {
    const partner = await findPartner(snap, idIn(query, 'partner'));
    const { total } = await listSheets(snap, partner.id, { ...query, page: 1, size: 1 });
    const read = async (page: typeof query) => (await listSheets(snap, partner.id, page)).sheets;
    return { total, of: partner.name, pages: () => pagesOfQuery(query, total, read) };
  },
});
