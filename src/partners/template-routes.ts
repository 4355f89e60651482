import { type Request, type Response, Router } from 'express';
import { allow } from '#accounts';
import { snapshot } from '#lib/batches.ts';
import { day } from '#lib/dates.ts';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { idOf } from '#lib/web/request.ts';
import { fields, formatNames, formats } from './fields.rules.ts';
import { rearrangedTemplate, templateForm, typedTemplate } from './forms.ts';
import { findPartner } from './partners.ts';
import { previewEntries } from './previewing.ts';
import { layOut } from './sheet.rules.ts';
import {
  constantSource,
  headingWords,
  mostColumns,
  readTemplate,
  type TypedTemplate,
  typedOf,
} from './template.rules.ts';
import { resetTemplate, saveTemplate, templateOf } from './templates.ts';

export const templateRoutes = Router();

templateRoutes.get('/:id/template', allow('partners.edit'), async (req, res) => {
  const partner = await findPartner(req.ctx, idOf(req));
  await renderEditor(req, res, typedOf(templateOf(partner)), blankForm());
});

/** The editor as it was typed, with its preview; the buttons that move columns come here too. Saves nothing. */
templateRoutes.post('/:id/template/preview', allow('partners.edit'), async (req, res) => {
  const typed = rearrangedTemplate(req.body);
  const isArranging = typeof (req.body as Record<string, unknown>)?.arrange === 'string';
  const errors = isArranging ? {} : readTemplate(typed).errors;
  await renderEditor(req, res, typed, { ...blankForm(), errors });
});

templateRoutes.post('/:id/template', allow('partners.edit'), async (req, res) => {
  const { id } = await findPartner(req.ctx, idOf(req));
  const form = await submit(templateForm, req.body, (template) => saveTemplate(req.ctx, id, template));
  if (!form.done) return renderEditor(req, res.status(form.status), typedTemplate(req.body), form);

  req.flash('success', '발주서 양식을 저장했습니다. 다음 발주서부터 이 모양으로 만듭니다.');
  res.redirect(303, `/partners/${id}/template`);
});

templateRoutes.post('/:id/template/reset', allow('partners.edit'), async (req, res) => {
  const { id } = await findPartner(req.ctx, idOf(req));
  await resetTemplate(req.ctx, id);
  req.flash('success', '발주서 양식을 기본으로 되돌렸습니다.');
  res.redirect(303, `/partners/${id}/template`);
});

async function renderEditor(
  req: Request,
  res: Response,
  typed: TypedTemplate,
  form: BlankForm,
): Promise<void> {
  const { ctx } = req;
  const partner = await findPartner(ctx, idOf(req));
  const { template } = readTemplate(typed);
  const entries = await snapshot(ctx, (snap) => previewEntries(snap, partner.id));
  const head = {
    number: '미리보기',
    day: day(ctx.now()),
    partner: partner.name,
    contact: partner.contact,
    sender: ctx.actor.name,
    isSupplement: false,
  };
  res.render('partners/template', {
    partner,
    form,
    typed,
    isDefault: partner.template === null,
    fieldOptions: Object.entries(fields).map(([value, { name, type }]) => ({ value, label: name, type })),
    formatOptions: formats.map((value) => ({ value, label: formatNames[value] })),
    constantSource,
    headingWords,
    mostColumns,
    grids: layOut(template, head, entries),
  });
}
