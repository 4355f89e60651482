import { z } from 'zod';
import type { ListColumn } from '#lib/list-source.ts';
import { columnsOf, holdsPersonal } from './columns.rules.ts';

export const shortestReason = 5;

/** The chosen columns in their order, and why the file is wanted when it holds personal data. */
export function downloadForm(offered: readonly ListColumn<unknown>[]) {
  return z
    .object({
      columns: z.preprocess((value) => [value ?? []].flat(), z.array(z.string()).max(500)),
      reason: z.string('받는 이유를 적어 주세요.').max(300, '이유는 300자까지 적을 수 있습니다.').default(''),
    })
    .transform(({ columns, reason }) => ({
      columns: columnsOf(offered, columns),
      reason: reason
        .normalize('NFC')
        .replace(/\p{Cc}+/gu, ' ')
        .trim(),
    }))
    .superRefine(({ columns, reason }, check) => {
      if (columns.length === 0) {
        const message = '파일에 담을 열을 하나 이상 골라 주세요.';
        check.addIssue({ code: 'custom', path: ['columns'], message });
      } else if (holdsPersonal(columns) && [...reason].length < shortestReason) {
        const message = `개인정보가 담긴 파일입니다. 어디에 쓰는지 ${shortestReason}자 이상 적어 주세요.`;
        check.addIssue({ code: 'custom', path: ['reason'], message });
      }
    });
}
