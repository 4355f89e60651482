import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Router } from 'express';
import { allow } from '#accounts';
import { snapshot } from '#lib/batches.ts';
import { dateTime } from '#lib/dates.ts';
import { blankForm } from '#lib/forms.ts';
import { type ListDefinition, offsetOf, readListQuery, withinTotal } from '#lib/lists.ts';
import type { LineRow } from '#orders';
import { findChannelByCode } from './channels.ts';
import { countDispatchLines, dispatchLines, exportDispatchFile } from './dispatch-file.ts';

export const dispatchFileRoutes = Router();
dispatchFileRoutes.use(allow('dispatch.export'));

const dispatchList: ListDefinition = {
  sorts: ['dispatched_at'],
  defaultSort: { key: 'dispatched_at', dir: 'desc' },
  filters: { scope: ['unseen'] },
};

dispatchFileRoutes.get('/', async (req, res) => {
  const channel = await findChannelByCode(req.ctx, 'smartstore');
  const asked = readListQuery(req.query, dispatchList);
  const scope = asked.filters.scope === 'unseen' ? 'unseen' : 'due';
  const counts = await countDispatchLines(req.ctx, channel.id);
  const query = withinTotal(asked, counts[scope]);
  const lines: LineRow[] = await snapshot(req.ctx, (snap) =>
    dispatchLines(snap, channel.id, scope)
      .select('order_lines.*')
      .orderBy([
        { column: 'order_lines.dispatched_at', order: query.dir },
        { column: 'order_lines.id', order: query.dir },
      ])
      .limit(query.size)
      .offset(offsetOf(query)),
  );
  const files = await req.ctx
    .db('dispatch_files')
    .where({ channel_id: channel.id })
    .orderBy('id', 'desc')
    .limit(5);
  res.render('channels/dispatch', { form: blankForm(), channel, query, counts, scope, lines, files });
});

dispatchFileRoutes.post('/files', async (req, res) => {
  const channel = await findChannelByCode(req.ctx, 'smartstore');
  const scope = req.body?.scope === 'unseen' ? 'unseen' : 'due';
  const path = join(tmpdir(), `moa-dispatch-${randomUUID()}.xlsx`);
  try {
    await exportDispatchFile(req.ctx, channel, scope, path);
    const stamp = dateTime(req.ctx.now()).replace(/[-:]/g, '').replace(' ', '_').slice(0, 13);
    await new Promise<void>((resolve, reject) => {
      res.download(path, `발송처리_${channel.name}_${stamp}.xlsx`, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  } finally {
    await rm(path, { force: true });
  }
});
