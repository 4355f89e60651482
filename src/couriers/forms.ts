import { z } from 'zod';
import { couriers, type Field, fields, type Template, type TemplateColumn } from './known/index.ts';

const nothingChosen = '택배를 고르지 않았습니다.';
const courierCodes = couriers.map(({ code }) => code);

const text = (most: number) => z.string().trim().max(most, `${most}자까지 적을 수 있습니다.`);

/** Parcels chosen in the list; the number of boxes comes beside each as `boxes-7`. */
export const sheetForm = z
  .looseObject({
    ids: z.preprocess(
      (value) => (value === undefined ? [] : [value].flat()),
      z
        .array(z.coerce.number().int().positive(), nothingChosen)
        .min(1, nothingChosen)
        .max(1000, '한 번에 1,000개까지 고를 수 있습니다.'),
    ),
    courier: z.enum(courierCodes, '택배사를 골라 주세요.'),
    reason: text(200).min(1, '이름과 주소가 든 파일입니다. 만드는 이유를 적어 주세요.'),
    again: z.string().optional(),
  })
  .transform(({ ids, courier, reason, again, ...rest }, context) => {
    const boxes = new Map<number, number>();
    for (const id of ids) {
      const typed = rest[`boxes-${id}`];
      const count = typed === undefined || typed === '' ? 1 : Number(typed);
      if (!Number.isInteger(count) || count < 1 || count > 99)
        context.addIssue({ code: 'custom', path: ['boxes'], message: '박스 수는 1~99로 적어 주세요.' });
      boxes.set(id, count);
    }
    return { ids, courier, reason, again: again === '1', boxes };
  });

export const uploadForm = z.object({
  courier: z.union([z.literal(''), z.enum(courierCodes)]).catch(''),
  password: z.string().max(255, '비밀번호는 255자까지 넣을 수 있습니다.').optional(),
  remember: z.string().optional(),
});

/** What was chosen for the rows that ask comes as `row-12`. */
export const decisionsForm = z.record(z.string(), z.unknown()).transform((input) => {
  const decisions = new Map<number, string>();
  for (const [name, value] of Object.entries(input)) {
    const [, row] = /^row-(\d{1,7})$/.exec(name) ?? [];
    if (row && typeof value === 'string') decisions.set(Number(row), value.slice(0, 60));
  }
  return decisions;
});

/** `seen` is the last act on the result when the page was opened; 0 for none. */
export const seenForm = z.object({ seen: z.coerce.number().int().optional() });

export const undoForm = z.object({ rest: z.string().optional() });

export const senderForm = z.object({
  name: text(60).min(1, '보내는 분 이름을 적어 주세요.'),
  phone: text(30).regex(/^[\d-]{8,20}$/, '전화번호는 숫자와 붙임표로 적어 주세요.'),
  phone2: text(30).regex(/^[\d-]*$/, '전화번호는 숫자와 붙임표로 적어 주세요.'),
  postcode: text(10).regex(/^(\d{5})?$/, '우편번호는 숫자 다섯 자리입니다.'),
  address: text(300).min(1, '보내는 분 주소를 적어 주세요.'),
});

const fieldNames = Object.keys(fields) as [Field, ...Field[]];

/** Columns come as `order-0`, `title-0`, `field-0`, `text-0`; one without an order is left out. */
export const templateForm = z.record(z.string(), z.unknown()).transform((input, context): Template => {
  const said = (name: string) => (typeof input[name] === 'string' ? (input[name] as string).trim() : '');
  const columns: (TemplateColumn & { order: number; at: number })[] = [];
  for (let at = 0; at < 100 && `order-${at}` in input; at++) {
    if (said(`order-${at}`) === '') continue;
    const order = Number(said(`order-${at}`));
    const field = fieldNames.find((name) => name === said(`field-${at}`)) ?? 'blank';
    const [title, constant] = [said(`title-${at}`), said(`text-${at}`)];
    if (!Number.isFinite(order))
      context.addIssue({ code: 'custom', path: [`order-${at}`], message: '차례는 숫자로 적어 주세요.' });
    if (title.length > 60 || constant.length > 100)
      context.addIssue({ code: 'custom', path: [`title-${at}`], message: '제목이나 글자가 너무 깁니다.' });
    columns.push({ title, field, text: field === 'text' ? constant : '', order, at });
  }
  if (columns.length === 0)
    context.addIssue({ code: 'custom', path: ['columns'], message: '열을 하나는 남겨 주세요.' });
  const itemLength = Number(said('itemLength'));
  if (!Number.isInteger(itemLength) || itemLength < 30 || itemLength > 1000)
    context.addIssue({ code: 'custom', path: ['itemLength'], message: '30~1000 사이로 적어 주세요.' });
  return {
    container: said('container') === 'xls' ? 'xls' : 'xlsx',
    itemLength,
    columns: columns
      .sort((a, b) => a.order - b.order || a.at - b.at)
      .map(({ title, field, text: constant }) => ({ title, field, text: constant })),
  };
});
