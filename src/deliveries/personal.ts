import type { Ctx } from '#lib/ctx.ts';
import { may } from '#lib/ctx.ts';
import type { DeliveryRow } from './tables.ts';

export function shownPerson(ctx: Ctx, row: DeliveryRow): DeliveryRow {
  return may(ctx, 'deliveries.personal') ? row : row;
}
