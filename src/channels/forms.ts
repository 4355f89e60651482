import { z } from 'zod';

export const uploadForm = z.object({
  channel: z.coerce.number('채널을 골라 주세요.').int('채널을 골라 주세요.'),
  password: z.string().max(255, '비밀번호는 255자까지 넣을 수 있습니다.').optional(),
  remember: z.string().optional(),
});

export const passwordForm = z.object({
  password: z
    .string('비밀번호를 입력해 주세요.')
    .min(1, '비밀번호를 입력해 주세요.')
    .max(255, '비밀번호는 255자까지 넣을 수 있습니다.'),
  remember: z.string().optional(),
});

export const undoForm = z.object({ rest: z.string().optional() });
