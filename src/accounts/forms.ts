import { z } from 'zod';
import { isLogin } from './queries.ts';

export const signInForm = z.object({
  login: z
    .string('아이디를 입력해 주세요.')
    .trim()
    .min(1, '아이디를 입력해 주세요.')
    .max(60, '아이디가 너무 깁니다.'),
  password: z.string('비밀번호를 입력해 주세요.').min(1, '비밀번호를 입력해 주세요.'),
  remember: z.unknown().optional().transform(Boolean),
});

/** Typed twice, because it cannot be read. Whether it is a good one, the act itself judges. */
const newPassword = {
  new_password: z.string('새 비밀번호를 입력해 주세요.').min(1, '새 비밀번호를 입력해 주세요.'),
  repeat_password: z.string('새 비밀번호를 한 번 더 입력해 주세요.'),
};
const isRepeated = (form: { new_password: string; repeat_password: string }) =>
  form.new_password === form.repeat_password;
const notRepeated = { path: ['repeat_password'], error: '새 비밀번호와 다릅니다.' };

export const ownPasswordForm = z
  .object({
    current_password: z.string('지금 비밀번호를 입력해 주세요.').min(1, '지금 비밀번호를 입력해 주세요.'),
    ...newPassword,
  })
  .refine(isRepeated, notRepeated);

export const linkPasswordForm = z.object(newPassword).refine(isRepeated, notRepeated);

const login = z
  .string('아이디를 입력해 주세요.')
  .trim()
  .toLowerCase()
  .min(1, '아이디를 입력해 주세요.')
  .max(60, '아이디는 60자까지 쓸 수 있습니다.')
  .refine(isLogin, '영문이나 숫자로 시작하고 영문, 숫자, . _ - @ 만 쓸 수 있습니다.');
const name = z
  .string('이름을 입력해 주세요.')
  .trim()
  .min(1, '이름을 입력해 주세요.')
  .max(60, '이름은 60자까지 쓸 수 있습니다.')
  .refine((text) => !/\p{Cc}/u.test(text), '이름에 쓸 수 없는 글자가 있습니다.');

export const firstAdminForm = z.object({ login, name, ...newPassword }).refine(isRepeated, notRepeated);

const role = z.string('역할을 골라 주세요.').min(1, '역할을 골라 주세요.').max(20, '없는 역할입니다.');

export const newUserForm = z.object({ login, name, role });
export const userForm = z.object({ name, role: role.optional() });
