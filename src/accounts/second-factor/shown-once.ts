import type { Ctx } from '#lib/ctx.ts';

const purpose = 'recovery codes to be shown';

/** Codes on their way from the act to the page behind its redirect; sealed, because sessions rest in Redis. */
export function keepForOnce(ctx: Ctx, userId: number, codes: readonly string[]): string {
  return ctx.vault.seal(purpose, Buffer.from(JSON.stringify({ userId, codes }))).toString('base64');
}

export function takeOnce(ctx: Ctx, userId: number, sealed: string | undefined): string[] | undefined {
  if (!sealed) return undefined;
  const kept = JSON.parse(ctx.vault.open(purpose, Buffer.from(sealed, 'base64')).toString());
  return kept.userId === userId ? kept.codes : undefined;
}
