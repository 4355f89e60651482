import { z } from 'zod';

const code = z
  .string('코드를 입력해 주세요.')
  .trim()
  .min(1, '코드를 입력해 주세요.')
  .max(40, '코드가 너무 깁니다.');
const password = z
  .string('비밀번호를 입력해 주세요.')
  .min(1, '비밀번호를 입력해 주세요.')
  .max(1000, '너무 깁니다.');

export const codeForm = z.object({ code });
export const passwordForm = z.object({ password });
export const passwordAndCodeForm = z.object({ password, code });
