import { Router } from 'express';
import { allow } from '#accounts';
import { day } from '#lib/dates.ts';
import { Refusal } from '#lib/errors.ts';
import { type ListDefinition, offsetOf, readListQuery, withinTotal } from '#lib/lists.ts';
import { idOf } from '#lib/web/request.ts';
import { rowKindNames } from './fields.rules.ts';
import { takeSheetFile } from './files.ts';
import { layOut, sheetNumber } from './sheet.rules.ts';
import { countKinds, findSheet, latestSheet, sheetEntries } from './sheets.ts';
import type { SheetRow } from './tables.ts';
import type { Template } from './template.rules.ts';
import { undoSheet } from './undoing.ts';

export const sheetRoutes = Router();

const rowList: ListDefinition = { sorts: ['position'], defaultSort: { key: 'position', dir: 'asc' } };

/** A sheet as it was sent, a page of its rows at a time. */
sheetRoutes.get('/sheets/:id', allow('partners.view'), async (req, res) => {
  const sheet = await findSheet(req.ctx, idOf(req));
  const query = withinTotal(readListQuery(req.query, rowList, day(req.ctx.now())), sheet.line_count);
  const entries = await sheetEntries(req.ctx, sheet, { offset: offsetOf(query), limit: query.size });
  const template = JSON.parse(sheet.template) as Template;
  const [grid] = layOut({ ...template, split: 'none' }, headOf(sheet), entries, offsetOf(query) + 1);
  const latest = await latestSheet(req.ctx, sheet.partner_id);
  res.render('partners/sheet', {
    sheet,
    sheetNumber,
    rowKindNames,
    grid,
    masked: entries.some(({ masked }) => masked),
    query,
    template,
    kinds: await countKinds(req.ctx, sheet),
    isLatest: latest?.id === sheet.id,
  });
});

/** Taking the file away is recorded, so it is no link. */
sheetRoutes.post('/sheets/:id/file', allow('partners.purchase'), async (req, res) => {
  const { name, content } = await takeSheetFile(req.ctx, idOf(req));
  res.attachment(name).type('xlsx').send(content);
});

sheetRoutes.post('/sheets/:id/undo', allow('partners.purchase'), async (req, res) => {
  const sheet = await findSheet(req.ctx, idOf(req));
  try {
    await undoSheet(req.ctx, sheet.id);
    req.flash('success', `발주 ${sheetNumber(sheet)}을 되돌렸습니다. 협력사에 보냈다면 따로 알려 주세요.`);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    req.flash('danger', error.message);
  }
  res.redirect(303, `/partners/sheets/${sheet.id}`);
});

/** For the screen only: its rows come a page at a time, so it tells no totals. */
function headOf(sheet: SheetRow & { partner: string }) {
  return {
    number: sheetNumber(sheet),
    day: day(sheet.made_at),
    partner: sheet.partner,
    contact: '',
    sender: sheet.made_by_name,
    isSupplement: sheet.scope === 'supplement',
  };
}
