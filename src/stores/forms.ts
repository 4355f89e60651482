import { z } from 'zod';
import { phoneDigits } from '#lib/phone.ts';
import {
  type CommonInput,
  type FieldErrors,
  type FormLine,
  type OrderFormInput,
  Reading,
  readCommon,
  readLine,
  readOrderForm,
  readPayment,
  type Typed,
} from './order-form.rules.ts';

/** A new order form. */
export const orderForm = z.unknown().transform((body, ctx): OrderFormInput => {
  const { input, errors } = readOrderForm(typedText(body));
  complain(ctx, errors);
  return input ?? z.NEVER;
});

export interface EditedLine extends FormLine {
  lineNo: string;
}

export interface OrderCorrection extends CommonInput {
  lines: EditedLine[];
  paymentMethod: OrderFormInput['paymentMethod'];
  paidAmount: number;
}

/** An order form that is corrected: the lines are those there are, in the order of `lineNos`. */
export function correctionForm(lineNos: readonly string[]) {
  return z.unknown().transform((body, ctx): OrderCorrection => {
    const form = new Reading(typedText(body));
    const common = readCommon(form);
    const lines = lineNos.map((lineNo, row) => ({ ...readLine(form, row), lineNo }));
    const payment = readPayment(form);
    complain(ctx, form.errors);
    return Object.keys(form.errors).length > 0 ? z.NEVER : { ...common, lines, ...payment };
  });
}

function complain(ctx: z.RefinementCtx, errors: FieldErrors): void {
  for (const [field, message] of Object.entries(errors)) {
    ctx.addIssue({ code: 'custom', path: [field], message });
  }
}

function typedText(body: unknown): Typed {
  const entries = Object.entries((body ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

export const cancelForm = z.object({
  line: z.coerce.number('취소할 상품을 골라 주세요.').int().positive('취소할 상품을 골라 주세요.'),
  reason: z
    .string('취소하는 이유를 적어 주세요.')
    .trim()
    .min(1, '취소하는 이유를 적어 주세요.')
    .max(200, '취소하는 이유는 200자까지 적을 수 있습니다.'),
});

const contact = {
  name: z
    .string()
    .trim()
    .min(1, '매장 이름을 적어 주세요.')
    .max(60, '매장 이름은 60자까지 적을 수 있습니다.'),
  phone: z
    .string()
    .transform(phoneDigits)
    .refine((digits) => digits === '' || /^\d{8,12}$/.test(digits), '전화번호의 자릿수를 확인해 주세요.'),
  address: z.string().trim().max(300, '주소는 300자까지 적을 수 있습니다.'),
};

export const storeForm = z.object(contact);

export const newStoreForm = z.object({
  ...contact,
  prefix: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z][A-Z0-9]{1,5}$/, '머리글자는 영문으로 시작하는 2~6자의 영문과 숫자입니다. 예: GN'),
});
