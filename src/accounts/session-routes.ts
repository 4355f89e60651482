import { Router } from 'express';
import { takeKeptForm } from '#lib/web/kept-forms.ts';
import { storeOf } from '#lib/web/sessions.ts';
import { signedIn } from './permissions.ts';

export const sessionRoutes = Router();

sessionRoutes.use(signedIn);

/** How long the session still lasts; asked passively, it does not last longer for it. */
sessionRoutes.get('/', async (req, res) => {
  const now = req.ctx.now().getTime();
  const leftMs = (await storeOf(req).millisecondsLeft(req.sessionID)) ?? 0;
  const untilEndMs = (req.session.endsAt ?? now) - now;
  res.json({
    leftMs: Math.min(leftMs, untilEndMs),
    canGoOn: untilEndMs > leftMs + 1000,
    remembered: req.session.rememberedId !== undefined,
    personId: req.user?.id,
  });
});

/** Somebody is there: being asked this has renewed the session already. */
sessionRoutes.post('/keep', (req, res) => {
  const now = req.ctx.now().getTime();
  res.json({ leftMs: Math.min(req.session.idleMs ?? 0, (req.session.endsAt ?? now) - now) });
});

/** What was typed into a form of this page that was sent when the session had ended; once, and to its author alone. */
sessionRoutes.post('/kept-form', async (req, res) => {
  const form = await takeKeptForm(req, String(req.body?.page ?? ''));
  res.json({ form: form ? { action: form.action, fields: form.fields } : null });
});
