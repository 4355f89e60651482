import { NotFound } from '#lib/errors.ts';
import { cj } from './cj.ts';
import type { Courier } from './courier.ts';
import { epost } from './epost.ts';
import { hanjin } from './hanjin.ts';
import { logen } from './logen.ts';
import { lotte } from './lotte.ts';

export * from './courier.ts';

/** Offered first to last as a clerk meets them most. */
export const couriers: readonly Courier[] = [cj, lotte, hanjin, logen, epost];

export function findCourier(code: string): Courier {
  const courier = couriers.find((known) => known.code === code);
  if (!courier) throw new NotFound('없는 택배사입니다.');
  return courier;
}
