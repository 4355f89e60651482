import { z } from 'zod';
import type { RegionBook } from '#regions';
import { isRegion } from './region-fixing.ts';

/** The two selects of a region, checked against the table. */
export function regionForm(book: RegionBook) {
  return z
    .object({ sido: z.string().default(''), sigungu: z.string().default('') })
    .superRefine((region, check) => {
      if (region.sido === '') {
        check.addIssue({ code: 'custom', path: ['sido'], message: '시도를 골라 주세요.' });
      } else if (!isRegion(book, region)) {
        check.addIssue({
          code: 'custom',
          path: ['sigungu'],
          message: `${region.sido}의 시군구를 골라 주세요.`,
        });
      }
    });
}

/** Rows chosen in a list; one alone arrives as a plain text. */
export const selectionForm = z.object({
  ids: z.preprocess(
    (value) => (value === undefined ? [] : [value].flat()),
    z
      .array(z.coerce.number().int().positive(), '배송을 고르지 않았습니다.')
      .min(1, '배송을 고르지 않았습니다.')
      .max(500, '한 번에 500건까지 고를 수 있습니다.'),
  ),
});
