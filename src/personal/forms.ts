import { z } from 'zod';

const missing = '무엇을 위해 보는지 고르거나 적어 주세요.';

/** A chosen reason, or one in the person's own words. */
export const revealForm = z
  .object({
    usual: z.string().max(60).default(''),
    reason: z.string().normalize('NFC').trim().max(200, '200자까지 적을 수 있습니다.').default(''),
  })
  .transform(({ usual, reason }, check) => {
    const text = (reason || usual).replace(/\p{Cc}+/gu, ' ').trim();
    if ([...text].length >= 2) return { reason: text };
    check.addIssue({ code: 'custom', path: ['reason'], message: missing });
    return z.NEVER;
  });
