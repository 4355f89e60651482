import { z } from 'zod';
import type { OptionNaming } from './renaming.ts';

/**
 * The form of a page of options: `ids` are the rows chosen, or `only` the one whose own button was pressed; each row
 * has its names and those it was shown with.
 */
export const namingForm = z
  .looseObject({
    ids: z.union([z.string(), z.array(z.string())]).optional(),
    only: z.string().optional(),
  })
  .transform((body, issues): OptionNaming[] => {
    const chosen = body.only ? [body.only] : [body.ids ?? []].flat();
    return chosen.map((id) => {
      const text = (name: string, limit: number, label: string) => {
        const value = body[`${name}_${id}`];
        const typed = typeof value === 'string' ? value.trim() : '';
        if (typed.length > limit) {
          issues.addIssue({
            code: 'custom',
            path: [`${name}_${id}`],
            message: `${label}은 ${limit}자까지 쓸 수 있습니다.`,
          });
        }
        return typed;
      };
      const productName = text('product', 200, '상품 이름');
      if (productName === '') {
        issues.addIssue({ code: 'custom', path: [`product_${id}`], message: '상품 이름을 입력해 주세요.' });
      }
      return {
        channelOptionId: Number(id),
        productName,
        optionName: text('option', 300, '옵션 이름'),
        seen: {
          productName: seenText(body[`seen_product_${id}`]),
          optionName: seenText(body[`seen_option_${id}`]),
        },
      };
    });
  });

function seenText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
