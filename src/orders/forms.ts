import { z } from 'zod';

/** Offered first to last as a clerk meets them most; SmartStore knows each by this name. */
export const couriers = [
  'CJ대한통운',
  '한진택배',
  '롯데택배',
  '로젠택배',
  '우체국택배',
  '경동택배',
  '대신택배',
  '일양로지스',
  '합동택배',
  '천일택배',
  '건영택배',
] as const;

const nothingChosen = '상품주문을 고르지 않았습니다.';

const ids = z.preprocess(
  (value) => (value === undefined ? [] : [value].flat()),
  z
    .array(z.coerce.number().int().positive(), nothingChosen)
    .min(1, nothingChosen)
    .max(500, '한 번에 500건까지 고를 수 있습니다.'),
);

/** Lines chosen in a list; one alone arrives as a plain text. */
export const selectionForm = z.object({ ids });

export const holdForm = z.object({
  ids,
  reason: z
    .string()
    .trim()
    .min(1, '보류하는 이유를 적어 주세요.')
    .max(200, '보류하는 이유는 200자까지 적을 수 있습니다.'),
});

const trackingNo = z
  .string('송장번호를 적어 주세요.')
  .trim()
  .min(1, '송장번호를 적어 주세요.')
  .refine((text) => !/^\d+(\.\d+)?e\+?\d+$/i.test(text), {
    message: '엑셀이 줄여 쓴 번호입니다. 원래 송장번호를 붙여 넣어 주세요.',
    abort: true,
  })
  .refine((text) => /^\d[\d-]{6,18}\d$/.test(text), '송장번호는 숫자와 붙임표로 8~20자리입니다.');

/** A tracking number for each order, in fields of their own. */
export function courierForm(orderIds: readonly number[]) {
  return z.object({
    ids,
    courier: z.enum(couriers, '택배사를 골라 주세요.'),
    ...Object.fromEntries(orderIds.map((id) => [trackingField(id), trackingNo])),
  }) as z.ZodType<{ ids: number[]; courier: string } & Record<string, unknown>>;
}

export function trackingField(orderId: number): string {
  return `tracking-${orderId}`;
}
