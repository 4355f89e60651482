import { type Request, type Response, Router } from 'express';
import { allow } from '#accounts';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { senderForm, templateForm } from './forms.ts';
import { couriers, fields, findCourier } from './known/index.ts';
import { readSender, readTemplate, resetTemplate, saveSender, saveTemplate } from './templates.ts';

export const templateRoutes = Router();
templateRoutes.use(allow('couriers.templates'));

templateRoutes.get('/', async (req, res) => {
  await showSender(req, res, blankForm());
});

templateRoutes.post('/sender', async (req, res) => {
  const form = await submit(senderForm, req.body, (sender) => saveSender(req.ctx, sender));
  if (!form.done) return showSender(req, res.status(form.status), form);
  req.flash('success', '보내는 분을 저장했습니다.');
  res.redirect(303, '/couriers/templates');
});

templateRoutes.get('/:courier', async (req, res) => {
  await showTemplate(req, res, blankForm());
});

templateRoutes.post('/:courier', async (req, res) => {
  const courier = findCourier(String(req.params.courier));
  const form = await submit(templateForm, req.body, (template) => saveTemplate(req.ctx, courier, template));
  if (!form.done) return showTemplate(req, res.status(form.status), form);
  req.flash('success', `${courier.name} 양식을 저장했습니다. 다음 파일부터 이 양식으로 만듭니다.`);
  res.redirect(303, `/couriers/templates/${courier.code}`);
});

templateRoutes.post('/:courier/reset', async (req, res) => {
  const courier = findCourier(String(req.params.courier));
  await resetTemplate(req.ctx, courier);
  req.flash('success', `${courier.name} 양식을 처음대로 되돌렸습니다.`);
  res.redirect(303, `/couriers/templates/${courier.code}`);
});

async function showSender(req: Request, res: Response, form: BlankForm): Promise<void> {
  res.render('couriers/sender', { couriers, form, sender: await readSender(req.ctx) });
}

/** Blank columns below the others are for adding. */
const spare = 3;

async function showTemplate(req: Request, res: Response, form: BlankForm): Promise<void> {
  const shown = await readTemplate(req.ctx, findCourier(String(req.params.courier)));
  const typed = Object.keys(form.values).filter((name) => name.startsWith('order-')).length;
  const count = Math.max(shown.template.columns.length + spare, typed);
  const columns = Array.from({ length: count }, (_, at) => ({
    order: form.values[`order-${at}`] ?? (shown.template.columns[at] ? String((at + 1) * 10) : ''),
    title: form.values[`title-${at}`] ?? shown.template.columns[at]?.title ?? '',
    field: form.values[`field-${at}`] ?? shown.template.columns[at]?.field ?? 'blank',
    text: form.values[`text-${at}`] ?? shown.template.columns[at]?.text ?? '',
    wrong: form.errors[`order-${at}`] ?? form.errors[`title-${at}`],
  }));
  res.render('couriers/template', { ...shown, form, couriers, columns, fields });
}
