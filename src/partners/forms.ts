import { z } from 'zod';
import { isDay } from '#lib/dates.ts';
import { phoneDigits } from '#lib/phone.ts';
import { readTemplate, rearranged, type Template, type TypedTemplate } from './template.rules.ts';

const text = (label: string, limit: number) =>
  z
    .string(`${label} 칸을 확인해 주세요.`)
    .default('')
    .transform((typed) =>
      typed
        .normalize('NFC')
        .replace(/[^\P{Cc}\n]+/gu, ' ')
        .trim(),
    )
    .refine((typed) => typed.length <= limit, `${label} 칸에는 ${limit}자까지 적을 수 있습니다.`);

export const usualPurpose = '협력사 배송 위탁';

export const partnerForm = z.object({
  name: text('이름', 100).refine((typed) => typed !== '', '협력사 이름을 적어 주세요.'),
  contact: text('담당자', 100),
  phone: text('연락처', 30)
    .transform((typed) => (typed === '' ? '' : phoneDigits(typed)))
    .refine(
      (digits) => digits === '' || (digits.length >= 8 && digits.length <= 12),
      '연락처는 숫자 8~12자리로 적어 주세요.',
    ),
  memo: text('메모', 1000),
  purpose: text('개인정보 제공 목적', 200).refine(
    (typed) => typed !== '',
    '주문자의 이름과 주소를 왜 보내는지 적어 주세요.',
  ),
});

const nothingChosen = '상품을 고르지 않았습니다.';

/** Products chosen in the list; one alone arrives as a plain text. */
export const selectionForm = z.object({
  ids: z.preprocess(
    (value) => (value === undefined ? [] : [value].flat()),
    z
      .array(z.coerce.number(nothingChosen).int(nothingChosen).positive(nothingChosen), nothingChosen)
      .min(1, nothingChosen)
      .max(500, '한 번에 500개까지 고를 수 있습니다.'),
  ),
});

const aDay = (which: string) =>
  z.string(`${which}을 골라 주세요.`).refine((typed) => isDay(typed), `${which}을 골라 주세요.`);

export const rangeForm = z
  .object({ from: aDay('시작일'), to: aDay('종료일') })
  .refine(({ from, to }) => from <= to, { path: ['to'], message: '종료일이 시작일보다 빠릅니다.' });

/** What the template editor sent: every column has an entry in each of the lists. */
export function typedTemplate(body: unknown): TypedTemplate {
  const given = (body ?? {}) as Record<string, unknown>;
  const one = (name: string) => [given[name] ?? ''].flat().map(String)[0] ?? '';
  const many = (name: string) => [given[name] ?? []].flat().map(String).slice(0, 200);
  return {
    title: one('title'),
    heading: one('heading'),
    split: one('split'),
    titles: many('column_title'),
    sources: many('column_source'),
    constants: many('column_constant'),
    formats: many('column_format'),
  };
}

/** What the editor's buttons make of it. */
export function rearrangedTemplate(body: unknown): TypedTemplate {
  const act = [((body ?? {}) as Record<string, unknown>).arrange ?? ''].flat().map(String)[0] ?? '';
  return rearranged(typedTemplate(body), act);
}

export const templateForm = z.unknown().transform((body, issues): Template => {
  const { template, errors } = readTemplate(typedTemplate(body));
  for (const [field, message] of Object.entries(errors)) {
    issues.addIssue({ code: 'custom', path: [field], message });
  }
  return template;
});
