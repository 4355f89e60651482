import { z } from 'zod';
import { type Field, isField } from './fields.rules.ts';
import { faultsOf } from './mapping.rules.ts';
import type { Mapping } from './saving.ts';
import type { TableHead } from './table.rules.ts';

/** `field_3` is what the fourth column is; `channel` an id or `new` with `channel_name`. */
export function mappingForm({ columns }: TableHead) {
  return z.record(z.string(), z.string()).transform((typed, context): Mapping => {
    const wrong = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const fields = columns.map(({ header }, at): Field | '' => {
      const text = typed[`field_${at}`] ?? '';
      if (text === '' || header === '') return '';
      if (isField(text)) return text;
      wrong(`field_${at}`, '목록에서 골라 주세요.');
      return '';
    });
    const faults = faultsOf(columns, fields);
    for (const [at, fault] of faults.columns) wrong(`field_${at}`, fault);
    if (faults.missing.length > 0)
      wrong('missing', `아직 고르지 않은 항목이 있습니다: ${faults.missing.join(', ')}.`);
    return {
      channel: channelIn(typed, wrong),
      fields,
      comparison: Number(typed.comparison) || 0,
    };
  });
}

function channelIn(
  typed: Record<string, string>,
  wrong: (path: string, message: string) => void,
): Mapping['channel'] {
  if (typed.channel === 'new') {
    const name = (typed.channel_name ?? '').normalize('NFC').trim().replace(/\s+/g, ' ');
    if (name === '') wrong('channel_name', '새 채널의 이름을 적어 주세요.');
    if (name.length > 40) wrong('channel_name', '이름은 40자까지 쓸 수 있습니다.');
    return { name };
  }
  if (!/^[1-9]\d{0,14}$/.test(typed.channel ?? '')) wrong('channel', '어느 채널의 파일인지 골라 주세요.');
  return { id: Number(typed.channel) };
}
