import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Ctx } from '#lib/ctx.ts';

const minute = 60_000;

/** How long a proof of who one is holds for sensitive acts. */
export const confirmedMinutes = 15;

export function isConfirmed(confirmedAt: number | undefined, now: Date, minutes: number): boolean {
  return confirmedAt !== undefined && now.getTime() - confirmedAt < minutes * minute;
}

/** A form that waits until its person has typed their password. */
export interface KeptForm {
  userId: number;
  method: string;
  path: string;
  at: number;
  body: Record<string, unknown>;
}

const purpose = 'forms that wait for a password';
const keptMinutes = 30;

/**
 * What was typed, for the page that asks for the password: it goes to the browser and comes back with the answer, so
 * that nothing of it rests anywhere. Sealed, because it may hold what must not stand in a page.
 */
export function keepForm(ctx: Ctx, form: Omit<KeptForm, 'at'>): string {
  const text = JSON.stringify({ ...form, at: ctx.now().getTime() } satisfies KeptForm);
  return ctx.vault.seal(purpose, deflateRawSync(text)).toString('base64url');
}

/** The form, if it was this person's, for this very act, and not long ago. */
export function openKeptForm(
  ctx: Ctx,
  sealed: string,
  wanted: Pick<KeptForm, 'userId' | 'method' | 'path'>,
): Record<string, unknown> | undefined {
  const form = unseal(ctx, sealed);
  if (!form || form.userId !== wanted.userId || form.method !== wanted.method || form.path !== wanted.path)
    return undefined;
  return ctx.now().getTime() - form.at < keptMinutes * minute ? form.body : undefined;
}

/** Undefined for whatever we did not seal. */
function unseal(ctx: Ctx, sealed: string): KeptForm | undefined {
  try {
    return JSON.parse(inflateRawSync(ctx.vault.open(purpose, Buffer.from(sealed, 'base64url'))).toString());
  } catch {
    return undefined;
  }
}
