import { noteSeen } from '#lib/access.ts';
import { type Ctx, may } from '#lib/ctx.ts';
import { maskHome, maskName, maskPhone, maskText } from '#lib/masking.ts';
import { sees } from '#lib/sight.ts';
import { publicId } from '#lib/versions.ts';
import type { DeliveryState } from './bundling.rules.ts';
import type { DeliveryRow } from './tables.ts';

/** A row as this actor may see it. */
export interface ShownPerson extends DeliveryRow {
  /** True when its people are hidden. */
  masked: boolean;
}

/** While goods are on their way somebody has to be called and found; afterwards there is nothing left to do with it. */
const underway: ReadonlySet<DeliveryState> = new Set(['waiting', 'partial', 'dispatched']);

/** Those who bring the goods see the homes they still go to; everybody else has to uncover them. */
export function seesDelivery(ctx: Ctx, row: DeliveryRow): boolean {
  if (sees(ctx, 'deliveries.personal', 'delivery', publicId(row))) return true;
  return may(ctx, 'deliveries.personal') && may(ctx, 'deliveries.underway') && underway.has(row.state);
}

/** Masked, unless it is uncovered: nobody can be named, called or found by what is left. */
export function shownPerson(ctx: Ctx, row: DeliveryRow): ShownPerson {
  if (seesDelivery(ctx, row)) {
    noteSeen(ctx, 'delivery', publicId(row), `${row.recipient_name} ${row.recipient_phone}`);
    return { ...row, masked: false };
  }
  return {
    ...row,
    masked: true,
    recipient_name: maskName(row.recipient_name),
    recipient_phone: maskPhone(row.recipient_phone),
    recipient_phone2: maskPhone(row.recipient_phone2),
    buyer_name: maskName(row.buyer_name),
    buyer_phone: maskPhone(row.buyer_phone),
    ...maskHome(row),
    memo: maskText(row.memo),
  };
}
