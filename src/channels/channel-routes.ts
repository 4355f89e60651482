import type { Request, Response } from 'express';
import { Router } from 'express';
import { z } from 'zod';
import { allow } from '#accounts';
import { blankForm, submit } from '#lib/forms.ts';
import { readListQuery } from '#lib/lists.ts';
import { idOf } from '#lib/web/request.ts';
import { methodNames } from '#orders';
import { channelList } from './channel-source.ts';
import { changeMeaning, listChannelSettings, setUsualMethod, usualMethods } from './settings.ts';
import { meaningNames } from './words.ts';

/** What an admin sets for a channel. */
export const channelRoutes = Router();
channelRoutes.use(allow('channels.manage'));

const methodForm = z.object({ method: z.enum(usualMethods, '배송방법을 골라 주세요.') });
const meaningForm = z.object({ meaning: z.string('뜻을 골라 주세요.') });

channelRoutes.get('/', async (req, res) => {
  await showChannels(req, res, 200, blankForm());
});

channelRoutes.post('/:id/method', async (req, res) => {
  const form = await submit(methodForm, req.body, ({ method }) => setUsualMethod(req.ctx, idOf(req), method));
  if (!form.done) return showChannels(req, res, form.status, form);
  req.flash('success', '배송방법을 바꿨습니다. 새로 들어오는 주문부터 씁니다.');
  res.redirect(303, '/channels');
});

channelRoutes.post('/words/:id', async (req, res) => {
  const form = await submit(meaningForm, req.body, ({ meaning }) =>
    changeMeaning(req.ctx, idOf(req), meaning),
  );
  if (!form.done) return showChannels(req, res, form.status, form);
  req.flash('success', '뜻을 바꿨습니다. 다음에 읽는 파일부터 씁니다.');
  res.redirect(303, '/channels');
});

type ShownForm = ReturnType<typeof blankForm>;

async function showChannels(req: Request, res: Response, status: number, form: ShownForm): Promise<void> {
  const channels = await listChannelSettings(req.ctx);
  res.status(status).render('channels/channels', {
    form,
    channels,
    query: readListQuery({}, channelList),
    meaningNames,
    methodNames,
    usualMethods,
  });
}
