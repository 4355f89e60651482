import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Request, type Response, Router } from 'express';
import { allow } from '#accounts';
import { listChannels } from '#channels';
import { dateTime, day } from '#lib/dates.ts';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { readListQuery } from '#lib/lists.ts';
import { idOf } from '#lib/web/request.ts';
import { statusNames } from '#orders';
import { sheetForm } from './forms.ts';
import { couriers, findCourier, type Template } from './known/index.ts';
import { itemText, parcelNo } from './parcels.rules.ts';
import { filterOf, isUnaddressed, listParcels, parcelList } from './parcels.ts';
import { runParcelList } from './run-source.ts';
import { findRun, listRuns, runList, runParcels } from './runs.ts';
import { makeSheet, writeRunSheet } from './sheets.ts';

export const sheetRoutes = Router();

const words = {
  couriers,
  courierName: (code: string) => findCourier(code).name,
  isUnaddressed,
  itemText,
  parcelNo,
  statusNames,
};

sheetRoutes.get('/', allow('couriers.sheets'), async (req, res) => {
  await showParcels(req, res, req.query, blankForm());
});

sheetRoutes.post('/sheets', allow('couriers.sheets'), async (req, res) => {
  const asked = readListQuery(req.body ?? {}, parcelList, day(req.ctx.now()));
  const channels = await listChannels(req.ctx);
  const body = { ...req.body, courier: req.body?.send_to };
  const form = await submit(sheetForm, body, ({ ids, ...input }) =>
    makeSheet(req.ctx, { ...input, parcelIds: ids, filter: filterOf(asked, channels) }),
  );
  if (!form.done) return showParcels(req, res.status(form.status), req.body, form);
  res.redirect(303, `/couriers/runs/${form.value}`);
});

sheetRoutes.get('/runs', allow('couriers.sheets'), async (req, res) => {
  const asked = readListQuery(req.query, runList, day(req.ctx.now()));
  res.render('couriers/runs', { ...words, ...(await listRuns(req.ctx, asked)) });
});

sheetRoutes.get('/runs/:id', allow('couriers.sheets'), async (req, res) => {
  const run = await findRun(req.ctx, idOf(req));
  const query = readListQuery({ run: String(run.id) }, runParcelList);
  res.render('couriers/run', { ...words, run, query, parcels: await runParcels(req.ctx, run.id) });
});

sheetRoutes.post('/runs/:id/file', allow('couriers.sheets'), async (req, res) => {
  const run = await findRun(req.ctx, idOf(req));
  const { container } = JSON.parse(run.template_json) as Template;
  const path = join(tmpdir(), `moa-courier-${randomUUID()}.${container}`);
  try {
    await writeRunSheet(req.ctx, run.id, path);
    const stamp = dateTime(run.made_at).replace(/[-:]/g, '').replace(' ', '_').slice(0, 13);
    await sendFile(res, path, `택배접수_${findCourier(run.courier).name}_${stamp}_${run.id}.${container}`);
  } finally {
    await rm(path, { force: true });
  }
});

async function showParcels(req: Request, res: Response, state: unknown, form: BlankForm): Promise<void> {
  const asked = readListQuery((state ?? {}) as Record<string, unknown>, parcelList, day(req.ctx.now()));
  const channels = await listChannels(req.ctx);
  res.render('couriers/index', {
    ...words,
    ...(await listParcels(req.ctx, asked, channels)),
    form,
    channels,
    chosen: [(req.body as { ids?: string | string[] } | undefined)?.ids ?? []].flat().map(Number),
  });
}

function sendFile(res: Response, path: string, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    res.download(path, name, (error) => (error ? reject(error) : resolve()));
  });
}
