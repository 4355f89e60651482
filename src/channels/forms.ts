import { z } from 'zod';

export const uploadForm = z.object({
  /** 0: whose file it is shows in the file. */
  channel: z.coerce.number('채널을 골라 주세요.').int('채널을 골라 주세요.').default(0),
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

export const actForm = z.object({});

/** `comparison` is the state of the proposal that the page showed. */
export const applyForm = z.object({ comparison: z.coerce.number().int().optional() });

/** `stay` is how many lines the page said would stay as they are. */
export const undoForm = z.object({
  rest: z.string().optional(),
  stay: z.coerce.number().int().min(0).optional(),
});

export const originalForm = z.object({
  reason: z
    .string('원본 파일을 받는 까닭을 적어 주세요.')
    .trim()
    .min(2, '원본 파일을 받는 까닭을 적어 주세요.')
    .max(200, '까닭은 200자까지 적을 수 있습니다.'),
});
