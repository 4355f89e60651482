import type { Request, Response } from 'express';
import { Router } from 'express';
import { allow } from '#accounts';
import { blankForm, submit } from '#lib/forms.ts';
import { readListQuery, withinTotal } from '#lib/lists.ts';
import { csrfAfterUpload } from '#lib/web/csrf.ts';
import { idOf } from '#lib/web/request.ts';
import { takenFiles } from '#lib/web/uploads.ts';
import { applyLater } from './applying.ts';
import { findChannel, listMalls } from './channels.ts';
import { actForm, applyForm, passwordForm, uploadForm } from './forms.ts';
import { importList, listImports, listUploaders } from './import-list.ts';
import { importPage } from './import-page.ts';
import { findImport } from './imports.ts';
import { earlierTwins } from './originals.ts';
import { cancelReading, discardProposal, givePassword, readLater, receiveFiles } from './receiving.ts';
import { importStateNames, importStateTones, rowKindNames, rowKindTones } from './tables.ts';
import { takeFiles } from './uploading.ts';

export const importRoutes = Router();
importRoutes.use(allow('imports.view'));

importRoutes.get('/', async (req, res) => {
  await showImports(req, res, 200, blankForm());
});

importRoutes.post('/', allow('imports.apply'), takeFiles, csrfAfterUpload, async (req, res) => {
  const form = await submit(uploadForm, req.body, async (input) => {
    const channel = input.channel ? await findChannel(req.ctx, input.channel) : undefined;
    const password = input.password
      ? { password: input.password, remember: Boolean(input.remember) }
      : undefined;
    const ids = await receiveFiles(req.ctx, channel, takenFiles(req), password);
    for (const id of ids) await readLater(req.ctx, id);
    return ids;
  });
  if (!form.done) return showImports(req, res, form.status, form);

  res.redirect(303, form.value.length === 1 ? `/imports/${form.value[0]}` : '/imports');
});

importRoutes.get('/:id', async (req, res) => {
  await showImport(req, res, 200, blankForm());
});

importRoutes.get('/:id/state', async (req, res) => {
  const row = await findImport(req.ctx, idOf(req));
  res.json({ state: row.state, rowsRead: row.rows_read });
});

importRoutes.post('/:id/password', allow('imports.apply'), async (req, res) => {
  const id = idOf(req);
  const form = await submit(passwordForm, req.body, (input) =>
    givePassword(req.ctx, id, { password: input.password, remember: Boolean(input.remember) }),
  );
  if (!form.done) return showImport(req, res, form.status, form);
  res.redirect(303, `/imports/${id}`);
});

importRoutes.post('/:id/apply', allow('imports.apply'), async (req, res) => {
  const id = idOf(req);
  const form = await submit(applyForm, req.body, (input) => applyLater(req.ctx, id, input.comparison));
  if (!form.done) return showImport(req, res, form.status, form);
  req.flash('info', '적용을 시작했습니다.');
  res.redirect(303, `/imports/${id}`);
});

const acts = {
  cancel: { act: cancelReading, message: '읽기를 취소했습니다. 바뀐 것은 없습니다.' },
  discard: { act: discardProposal, message: '가져오기를 버렸습니다. 바뀐 것은 없습니다.' },
} as const;

for (const [name, { act, message }] of Object.entries(acts)) {
  importRoutes.post(`/:id/${name}`, allow('imports.apply'), async (req, res) => {
    const id = idOf(req);
    const form = await submit(actForm, req.body, () => act(req.ctx, id));
    if (!form.done) return showImport(req, res, form.status, form);
    req.flash('info', message);
    res.redirect(303, `/imports/${id}`);
  });
}

type ShownForm = ReturnType<typeof blankForm>;

async function showImports(req: Request, res: Response, status: number, form: ShownForm): Promise<void> {
  const asked = readListQuery(req.query, importList);
  const { counts } = await listImports(req.ctx, { ...asked, page: 1 });
  const total = counts[asked.filters.state || 'all'] ?? 0;
  const query = withinTotal(asked, total);
  const { imports } = await listImports(req.ctx, query);
  const channels = await listMalls(req.ctx);
  res.status(status).render('channels/imports', {
    form,
    query,
    imports,
    counts,
    total,
    channels,
    people: await listUploaders(req.ctx),
    twins: await earlierTwins(req.ctx, imports),
    kindNames: rowKindNames,
    kindTones: rowKindTones,
    stateNames: importStateNames,
    tones: importStateTones,
  });
}

async function showImport(req: Request, res: Response, status: number, form: ShownForm): Promise<void> {
  res
    .status(status)
    .render('channels/import', { form, ...(await importPage(req.ctx, idOf(req), req.query)) });
}
