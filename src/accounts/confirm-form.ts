import { z } from 'zod';

/** One of the two: the code is there for whoever signs in without typing a password. */
export const confirmForm = z
  .object({
    password: z.string().max(1000, '너무 깁니다.').default(''),
    code: z.string().trim().max(40, '코드가 너무 깁니다.').default(''),
  })
  .refine(({ password, code }) => password !== '' || code !== '', {
    path: ['password'],
    error: '비밀번호를 입력해 주세요.',
  });
