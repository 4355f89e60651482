import { z } from 'zod';

const reasonMissing = '이름과 주소가 든 파일입니다. 받는 이유를 적어 주세요.';

/** What is asked before a file leaves; a file with personal data wants a reason. */
export function fileForm(personal: boolean) {
  const reason = z.string(reasonMissing).trim().max(200, '이유는 200자까지 적을 수 있습니다.');
  return z.object({
    scope: z.enum(['due', 'unseen']).catch('due'),
    reason: personal ? reason.min(1, reasonMissing) : reason.default(''),
  });
}

/** Fields come as `word-CJ대한통운`; one more word may be added below them. */
export const spellingsForm = z.record(z.string(), z.unknown()).transform((fields, context) => {
  const typed = new Map<string, string>();
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith('word-') && typeof value === 'string') typed.set(name.slice(5), value.trim());
  }
  const [added, text] = [fields.added, fields.added_text].map((value) => String(value ?? '').trim());
  if (added && !text)
    context.addIssue({ code: 'custom', path: ['added_text'], message: '몰에서 쓰는 표기를 적어 주세요.' });
  if (added && text) typed.set(added, text);
  for (const [word, spelling] of typed) {
    if (word.length > 60 || spelling.length > 60)
      context.addIssue({ code: 'custom', path: ['added'], message: '60자까지 적을 수 있습니다.' });
  }
  return typed;
});
