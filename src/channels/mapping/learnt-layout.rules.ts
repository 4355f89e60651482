import type { Column, Layout } from '../layouts/index.ts';
import { noAddons, usualMethods, usualStanding, usualStatuses } from '../layouts/usual-words.ts';
import type { LearntColumn } from './drift.rules.ts';
import { type Field, isField } from './fields.rules.ts';

/** What a person said of a file's columns, as a layout like those known from the start. */
export function layoutFrom(
  { id, channel, name }: { id: number; channel: string; name: string },
  columns: readonly LearntColumn[],
): Layout {
  const headers: Layout['headers'] = {};
  const used = columns.filter(({ field }) => isField(field));
  for (const { header, field } of used) headers[field as Field] = [header];
  // one number may have to do for the order and for its only line
  headers.orderNo ??= headers.lineNo;
  headers.lineNo ??= headers.orderNo;
  // an address in two columns begins in the first, whatever that one is called
  if (headers.detailAddress && !headers.baseAddress && headers.wholeAddress) {
    headers.baseAddress = headers.wholeAddress;
    delete headers.wholeAddress;
  }
  return {
    code: `learnt:${id}`,
    channel,
    name,
    tells: 'all',
    headers,
    required: neededOf(headers),
    statuses: usualStatuses,
    standing: usualStanding,
    methods: usualMethods,
    isAddon: noAddons,
    courierIsPrefilled: true,
    learnt: used.map(({ header }) => header),
  };
}

/** What each row has to have; a phone or a postal code may be lacking in one. */
function neededOf(headers: Layout['headers']): Column[][] {
  const always: Column[] = ['lineNo', 'orderNo', 'productName', 'quantity', 'recipientName'];
  const serial: Column[] = headers.lineSerial ? ['lineSerial'] : [];
  const addresses: Column[] = ['wholeAddress', 'baseAddress'];
  return [...[...always, ...serial].map((column) => [column]), addresses.filter((column) => headers[column])];
}
