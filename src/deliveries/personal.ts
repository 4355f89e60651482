import { type Ctx, may } from '#lib/ctx.ts';
import { maskAddress, maskName, maskPhone } from '#lib/masking.ts';
import type { DeliveryRow } from './tables.ts';

/** The row as this actor may see it: without the permission nobody can be named, called or found by it. */
export function shownPerson(ctx: Ctx, row: DeliveryRow): DeliveryRow {
  if (may(ctx, 'deliveries.personal')) return row;
  return {
    ...row,
    recipient_name: maskName(row.recipient_name),
    recipient_phone: maskPhone(row.recipient_phone),
    recipient_phone2: maskPhone(row.recipient_phone2),
    buyer_name: maskName(row.buyer_name),
    buyer_phone: maskPhone(row.buyer_phone),
    address: maskAddress(row.address),
    address_detail: row.address_detail && '***',
    memo: row.memo && '***',
  };
}
