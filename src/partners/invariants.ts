import type { Invariant } from '#lib/invariants.ts';
import { keysStand, parts, rowsOf } from '#lib/invariants.ts';

const at = (id: number | null) => (id ? `/partners/sheets/${id}` : '/partners');

export const invariants: readonly Invariant[] = [
  keysStand('partners.keys', '협력사', {
    partner_lines: ['line_no,channel_id'],
    partner_sheets: ['sheet_no,part'],
    partner_sheet_lines: ['line_no,channel_id,sheet_id', 'sheet_id,position'],
    partner_products: ['product_id'],
  }),
  {
    name: 'partners.sheets',
    sentence: '발주서에 적힌 건수와 수량이 담긴 상품주문과 같고, 보낸 파일과 기록이 있습니다.',
    async *find(snap) {
      for await (const [from, to] of parts(snap, 'partner_sheets', 'id', 200)) {
        const rows = await rowsOf<{ id: number; sheet_no: number; part: number }>(
          snap,
          `SELECT sheet.id, sheet.sheet_no, sheet.part FROM partner_sheets sheet LEFT JOIN (
             SELECT sheet_id, COUNT(*) AS n, MAX(position) AS last,
               SUM(IF(kind IN ('held', 'cancelled'), 0, JSON_VALUE(frozen, '$.line.quantity'))) AS items
             FROM partner_sheet_lines WHERE sheet_id BETWEEN ? AND ? GROUP BY sheet_id
           ) own ON own.sheet_id = sheet.id
           LEFT JOIN partner_sheet_files file ON file.sheet_id = sheet.id
           WHERE sheet.id BETWEEN ? AND ? AND (own.n IS NULL OR own.n <> sheet.line_count OR own.last <> own.n
             OR own.items <> sheet.item_count OR (file.sheet_id IS NULL) <> (sheet.personal_destroyed_at IS NOT NULL)
             OR NOT EXISTS (SELECT 1 FROM events WHERE subject_type = 'partner_sheet'
               AND subject_id = sheet.id AND name = 'partner.sheet_sent'))`,
          [from, to, from, to],
        );
        for (const { id, sheet_no, part } of rows)
          yield {
            words: `발주 ${sheet_no}${part > 1 ? `-${part}` : ''}에 적힌 수가 담긴 것과 다르거나 파일이나 기록이 없습니다.`,
            href: at(id),
          };
      }
    },
  },
  {
    name: 'partners.numbers',
    sentence: '발주 번호와 보충 번호는 빠짐없이 이어집니다.',
    async *find(snap) {
      const rows = await rowsOf<{ sheet_no: number; id: number }>(
        snap,
        `SELECT sheet_no, MIN(id) AS id FROM partner_sheets GROUP BY sheet_no
         HAVING MIN(part) <> 1 OR MAX(part) <> COUNT(*)`,
      );
      for (const { sheet_no, id } of rows)
        yield { words: `발주 ${sheet_no}의 보충 번호 가운데 빠진 것이 있습니다.`, href: at(id) };
      const [series] = await rowsOf<{ n: number; last: number; drawn: number }>(
        snap,
        `SELECT COUNT(DISTINCT sheet_no) AS n, COALESCE(MAX(sheet_no), 0) AS last,
           COALESCE((SELECT value FROM counters WHERE name = 'partner_sheet'), 0) AS drawn FROM partner_sheets`,
      );
      if (new Set(Object.values(series!).map(Number)).size > 1)
        yield {
          words: `발주 번호가 ${series!.drawn}번까지 나갔는데 ${series!.n}개만 남아 있습니다.`,
          href: at(null),
        };
    },
  },
  {
    name: 'partners.standing',
    sentence:
      '협력사에 알린 상품주문은 그 협력사의 발주서에 있고, 발주서의 상품주문은 모두 알린 것으로 남아 있습니다.',
    async *find(snap) {
      const rows = await rowsOf<{ line_no: string; sheet_id: number | null }>(
        snap,
        `SELECT standing.line_no, known.id AS sheet_id FROM partner_lines standing
         LEFT JOIN partner_sheets sheet ON sheet.id = standing.sheet_id AND sheet.undone_at IS NULL
         LEFT JOIN partner_sheets told ON told.id = standing.told_sheet_id AND told.undone_at IS NULL
           AND told.partner_id = standing.partner_id
         LEFT JOIN partner_sheets known ON known.id = standing.told_sheet_id
         LEFT JOIN partner_sheet_lines own ON own.sheet_id = standing.told_sheet_id
           AND own.line_no = standing.line_no AND own.channel_id = standing.channel_id
         WHERE sheet.id IS NULL OR told.id IS NULL OR own.sheet_id IS NULL`,
      );
      for (const { line_no, sheet_id } of rows)
        yield {
          words: `협력사에 알린 상품주문 ${line_no}번이 그 발주서에 없거나 되돌린 발주서의 것입니다.`,
          href: at(sheet_id),
        };
      for await (const [from, to] of parts(snap, 'partner_sheets', 'id', 500)) {
        const lost = await rowsOf<{ line_no: string; sheet_id: number }>(
          snap,
          `SELECT own.line_no, own.sheet_id FROM partner_sheets sheet
           JOIN partner_sheet_lines own ON own.sheet_id = sheet.id
           LEFT JOIN partner_lines standing
             ON standing.line_no = own.line_no AND standing.channel_id = own.channel_id
           WHERE sheet.id BETWEEN ? AND ? AND sheet.undone_at IS NULL AND standing.line_no IS NULL`,
          [from, to],
        );
        for (const { line_no, sheet_id } of lost)
          yield {
            words: `발주서에 있는 상품주문 ${line_no}번이 협력사에 알린 것으로 남아 있지 않습니다.`,
            href: at(sheet_id),
          };
      }
    },
  },
  {
    name: 'partners.products',
    sentence: '협력사의 상품은 있는 협력사와 있는 상품의 것입니다.',
    async *find(snap) {
      const rows = await rowsOf<{ product_id: number }>(
        snap,
        `SELECT owned.product_id FROM partner_products owned
         LEFT JOIN products ON products.id = owned.product_id
         LEFT JOIN partners ON partners.id = owned.partner_id
         WHERE products.id IS NULL OR partners.id IS NULL`,
      );
      for (const { product_id } of rows)
        yield { words: `협력사 상품 ${product_id}의 협력사나 상품이 없습니다.`, href: '/partners' };
    },
  },
];
