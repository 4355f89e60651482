import type { Request, Response } from 'express';
import { Router } from 'express';
import { allow, confirmed } from '#accounts';
import { blankForm, submit } from '#lib/forms.ts';
import { idOf } from '#lib/web/request.ts';
import { findChannel } from './channels.ts';
import { originalForm, undoForm } from './forms.ts';
import { findImport } from './imports.ts';
import { keptUntil, takeOriginal } from './originals.ts';
import { forecastUndo, listTouchedLines, undoLater } from './undoing.ts';

/** What one does with an import later on: undo it, or take its original file. */
export const importHistoryRoutes = Router();

importHistoryRoutes.get('/:id/undo', allow('imports.apply'), async (req, res) => {
  const row = await findImport(req.ctx, idOf(req));
  if (row.state !== 'applied') return res.redirect(303, `/imports/${row.id}`);
  await showUndo(req, res, 200, blankForm());
});

importHistoryRoutes.post('/:id/undo', allow('imports.apply'), async (req, res) => {
  const id = idOf(req);
  const form = await submit(undoForm, req.body, (input) =>
    undoLater(req.ctx, id, Boolean(input.rest), input.stay),
  );
  if (!form.done) return showUndo(req, res, form.status, form);
  req.flash('info', '되돌리기를 시작했습니다.');
  res.redirect(303, `/imports/${id}`);
});

importHistoryRoutes.get('/:id/original', allow('imports.original'), confirmed(), async (req, res) => {
  await showOriginal(req, res, 200, blankForm());
});

importHistoryRoutes.post('/:id/original', allow('imports.original'), confirmed(), async (req, res) => {
  const id = idOf(req);
  const form = await submit(originalForm, req.body, (input) => takeOriginal(req.ctx, id, input.reason));
  if (!form.done) return showOriginal(req, res, form.status, form);
  const { name, size, parts } = form.value;
  res.attachment(name).type('application/octet-stream').set('content-length', String(size));
  for await (const part of parts) {
    if (!res.write(part)) await new Promise((resolve) => res.once('drain', resolve).once('close', resolve));
    if (res.destroyed) return;
  }
  res.end();
});

type ShownForm = ReturnType<typeof blankForm>;

async function showUndo(req: Request, res: Response, status: number, form: ShownForm): Promise<void> {
  const row = await findImport(req.ctx, idOf(req));
  res.status(status).render('channels/undo', {
    form,
    row,
    channel: await findChannel(req.ctx, row.channel_id),
    forecast: await forecastUndo(req.ctx, row.id),
    touched: await listTouchedLines(req.ctx, row.id),
  });
}

async function showOriginal(req: Request, res: Response, status: number, form: ShownForm): Promise<void> {
  const row = await findImport(req.ctx, idOf(req));
  res.status(status).render('channels/original', { form, row, keptUntil: keptUntil(row) });
}
