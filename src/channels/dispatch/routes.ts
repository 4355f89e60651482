import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Request, type Response, Router } from 'express';
import { allow } from '#accounts';
import { dateTime, day } from '#lib/dates.ts';
import { type BlankForm, blankForm, submit } from '#lib/forms.ts';
import { readListQuery } from '#lib/lists.ts';
import { methodNames } from '#orders';
import { findChannelByCode } from '../channels.ts';
import { exportDispatchFile } from './exporting.ts';
import { formatOf } from './formats.ts';
import { fileForm, spellingsForm } from './forms.ts';
import { dispatchList, dispatchOverview, recentFiles, scopeOf } from './overview.ts';
import { chosenMall, spelledMalls } from './spelled-malls.ts';
import { readSpellings, saveSpellings } from './spellings.ts';

export const dispatchFileRoutes = Router();
dispatchFileRoutes.use(allow('dispatch.export'));

dispatchFileRoutes.get('/', async (req, res) => {
  await showDispatch(req, res, req.query, blankForm());
});

dispatchFileRoutes.post('/files', async (req, res) => {
  const channel = await findChannelByCode(req.ctx, String(req.body?.channel ?? 'smartstore'));
  const format = formatOf(channel);
  const path = join(tmpdir(), `moa-dispatch-${randomUUID()}.${format?.container ?? 'xlsx'}`);
  try {
    const form = await submit(fileForm(format?.personal ?? false), req.body, (input) =>
      exportDispatchFile(req.ctx, channel, input.scope, path, input.reason),
    );
    if (!form.done) return await showDispatch(req, res.status(form.status), req.body, form);
    const stamp = dateTime(req.ctx.now()).replace(/[-:]/g, '').replace(' ', '_').slice(0, 13);
    await sendFile(res, path, `발송처리_${channel.name}_${stamp}.${format!.container}`);
  } finally {
    await rm(path, { force: true });
  }
});

dispatchFileRoutes.get('/spellings', allow('dispatch.spellings'), async (req, res) => {
  await showSpellings(req, res, String(req.query.mall ?? ''), blankForm());
});

dispatchFileRoutes.post('/spellings', allow('dispatch.spellings'), async (req, res) => {
  const mall = String(req.body?.mall ?? '');
  const format = chosenMall(await spelledMalls(req.ctx), mall).format;
  const form = await submit(spellingsForm, req.body, (typed) => saveSpellings(req.ctx, format, typed));
  if (!form.done) return showSpellings(req, res.status(form.status), mall, form);

  req.flash(
    ...((form.value === 0
      ? ['info', '바뀐 것이 없습니다.']
      : ['success', `표기 ${form.value}개를 바꿨습니다.`]) as Parameters<Request['flash']>),
  );
  res.redirect(303, `/dispatch/spellings?mall=${format.mall}`);
});

async function showDispatch(req: Request, res: Response, asked: unknown, form: BlankForm): Promise<void> {
  const query = readListQuery((asked ?? {}) as Record<string, unknown>, dispatchList, day(req.ctx.now()));
  const overview = await dispatchOverview(req.ctx, query);
  const files = await recentFiles(req.ctx);
  res.render('channels/dispatch', { ...overview, form, scope: scopeOf(query), files, methodNames });
}

async function showSpellings(req: Request, res: Response, mall: string, form: BlankForm): Promise<void> {
  const malls = await spelledMalls(req.ctx);
  const { format } = chosenMall(malls, mall);
  res.render('channels/dispatch_spellings', {
    form,
    chosen: format,
    malls: malls.map(({ format: { mall }, name }) => ({ mall, name })),
    spellings: await readSpellings(req.ctx, format),
  });
}

function sendFile(res: Response, path: string, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    res.download(path, name, (error) => (error ? reject(error) : resolve()));
  });
}
