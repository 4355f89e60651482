import { z } from 'zod';
import { shortestPassword } from './passwords.ts';

export const signInForm = z.object({
  login: z
    .string('아이디를 입력해 주세요.')
    .trim()
    .min(1, '아이디를 입력해 주세요.')
    .max(60, '아이디가 너무 깁니다.'),
  password: z.string('비밀번호를 입력해 주세요.').min(1, '비밀번호를 입력해 주세요.'),
  remember: z.unknown().optional().transform(Boolean),
});

export const ownPasswordForm = z
  .object({
    current_password: z.string('지금 비밀번호를 입력해 주세요.').min(1, '지금 비밀번호를 입력해 주세요.'),
    new_password: z
      .string('새 비밀번호를 입력해 주세요.')
      .min(shortestPassword, `${shortestPassword}자 이상 입력해 주세요.`)
      .max(200, '200자를 넘을 수 없습니다.'),
    repeat_password: z.string('새 비밀번호를 한 번 더 입력해 주세요.'),
  })
  .refine((form) => form.new_password === form.repeat_password, {
    path: ['repeat_password'],
    error: '새 비밀번호와 다릅니다.',
  });
