import type { Ctx } from '#lib/ctx.ts';
import { seedRegions } from '#regions';
import { accounts } from '../../src/accounts/module.ts';
import { regions } from '../../src/regions/module.ts';
import { type Office, openOffice } from '../support/office.ts';

/** An office with the seeded table of postal codes. */
export async function openRegionsOffice(): Promise<Office> {
  const office = await openOffice({ modules: [accounts, regions] });
  await seedRegions(office.ctx());
  return office;
}

/** The administrator on 21 November 2026. */
export function adminOnDay(office: Office): Ctx {
  return { ...office.ctx('admin'), now: () => new Date(2026, 10, 21, 9) };
}
