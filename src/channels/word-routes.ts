import { Router } from 'express';
import { z } from 'zod';
import { allow } from '#accounts';
import { submit } from '#lib/forms.ts';
import { idOf } from '#lib/web/request.ts';
import { importPage } from './import-page.ts';
import type { Meaning, WordField } from './layouts/index.ts';
import { type Decision, decideWords, meaningNames } from './words.ts';

/** Saying what a word of a mall's means. */
export const wordRoutes = Router();

/** `word_0` is a field and a word, `status:배송보류`; `meaning_0` what it means, or nothing yet. */
const wordsForm = z.record(z.string(), z.string()).transform((fields, context): Decision[] =>
  Object.entries(fields).flatMap(([name, text]) => {
    const at = /^word_(\d+)$/.exec(name)?.[1];
    const meaning = fields[`meaning_${at}`];
    const [, field, word] = /^(status|detail):([\s\S]{1,60})$/.exec(text) ?? [];
    if (at === undefined || !meaning || !field || !word) return [];
    const names = meaningNames[field as WordField];
    if (Object.hasOwn(names, meaning))
      return [{ field: field as WordField, word, meaning: meaning as Meaning }];
    context.addIssue({ code: 'custom', path: [`meaning_${at}`], message: '목록에서 골라 주세요.' });
    return [];
  }),
);

wordRoutes.post('/:id/words', allow('imports.apply'), async (req, res) => {
  const id = idOf(req);
  const form = await submit(wordsForm, req.body, (decisions) => decideWords(req.ctx, id, decisions));
  if (!form.done) {
    const page = await importPage(req.ctx, id, req.query);
    return res.status(form.status).render('channels/import', { form, ...page });
  }
  req.flash(
    'info',
    form.value
      ? '뜻을 기억하고 파일을 다시 읽습니다.'
      : '뜻을 기억했습니다. 같은 파일을 다시 올리면 빠졌던 행이 들어옵니다.',
  );
  res.redirect(303, `/imports/${id}`);
});
