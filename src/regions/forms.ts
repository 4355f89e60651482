import { z } from 'zod';
import { isDay } from '#lib/dates.ts';
import { cleanPostcode } from './postcode.rules.ts';

const isCode = (text: string) => /^\d{5}$/.test(text);

const code = (missing: string) =>
  z
    .string(missing)
    .transform(cleanPostcode)
    .refine((text) => text !== '', missing)
    .refine((text) => text === '' || isCode(text), '우편번호는 숫자 다섯 자리입니다. 앞의 0도 적어 주세요.');

const name = (missing: string) =>
  z.string(missing).transform((text) => text.normalize('NFC').trim().replace(/\s+/g, ' '));

const span = { from: code('시작 번호를 입력해 주세요.'), to: code('끝 번호를 입력해 주세요.') };
const inOrder = ({ from, to }: { from: string; to: string }) => !(isCode(from) && isCode(to)) || from <= to;
const outOfOrder = { path: ['to'], error: '끝 번호가 시작 번호보다 앞섭니다.' };

export const regionChangeForm = z
  .object({
    ...span,
    sido: name('시도를 입력해 주세요.').refine(
      (text) => /^[가-힣]{2,20}[시도]$/.test(text),
      '시도 이름을 줄이지 말고 적어 주세요. 예: 서울특별시',
    ),
    sigungu: name('시군구를 입력해 주세요.').refine(
      (text) => /^(?:[가-힣]{1,15}[시군구](?: [가-힣]{1,15}구)?)?$/.test(text),
      '주소에 적는 그대로 입력해 주세요. 예: 강남구, 수원시 장안구',
    ),
    effective: z
      .string('시행일을 입력해 주세요.')
      .refine(isDay, '시행일을 날짜로 입력해 주세요. 예: 2026-07-01'),
    new_name: z.literal('1').optional(),
  })
  .refine(inOrder, outOfOrder);

export const remoteAreaForm = z
  .object({
    ...span,
    kind: z.enum(['jeju', 'island'], '제주와 도서 가운데 골라 주세요.'),
    label: name('이름을 입력해 주세요.').refine(
      (text) => text.length >= 1 && text.length <= 100,
      '이름은 1자에서 100자까지 적을 수 있습니다.',
    ),
  })
  .refine(inOrder, outOfOrder);

/** What somebody asks the reader of codes; both may be empty. */
export const tryForm = z.object({
  code: z.string().max(100).catch(''),
  address: z.string().max(500).catch(''),
});
