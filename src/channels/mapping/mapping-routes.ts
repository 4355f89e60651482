import type { Request, Response } from 'express';
import { Router } from 'express';
import { allow } from '#accounts';
import { blankForm, submit } from '#lib/forms.ts';
import { idOf } from '#lib/web/request.ts';
import { findImport } from '../imports.ts';
import { mappingForm } from './mapping-form.ts';
import { findMappingHead, mappingPage } from './mapping-page.ts';
import { mappableStates, saveMapping } from './saving.ts';

/** Saying what the columns of a file are that no layout fits. */
export const mappingRoutes = Router();

mappingRoutes.get('/:id/mapping', allow('imports.map'), async (req, res) => {
  const id = idOf(req);
  const { state } = await findImport(req.ctx, id);
  if (!mappableStates.includes(state)) return res.redirect(303, `/imports/${id}`);
  await showMapping(req, res, 200, blankForm());
});

mappingRoutes.post('/:id/mapping', allow('imports.map'), async (req, res) => {
  const id = idOf(req);
  const { table } = await findMappingHead(req.ctx, id);
  const form = await submit(mappingForm(table), req.body, (mapping) => saveMapping(req.ctx, id, mapping));
  if (!form.done) return showMapping(req, res, form.status, form);
  req.flash('info', '열을 기억하고 파일을 다시 읽습니다.');
  res.redirect(303, `/imports/${id}`);
});

type ShownForm = ReturnType<typeof blankForm>;

async function showMapping(req: Request, res: Response, status: number, form: ShownForm): Promise<void> {
  const page = await mappingPage(req.ctx, idOf(req));
  const typed = Object.keys(form.values).length > 0;
  res.status(status).render('channels/mapping', { form, typed, ...page });
}
