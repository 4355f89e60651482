import type { Ctx } from '#lib/ctx.ts';

/** Something on its way from an act to the one page behind its redirect that shows it. */
export interface ShownOnce {
  /** What it is, so that nothing else is taken for it. */
  what: string;
  /** Whose it is. */
  userId: number;
}

/** For the session: sealed, because sessions rest in Redis. */
export function keepForOnce(ctx: Ctx, { what, userId }: ShownOnce, shown: unknown): string {
  return ctx.vault.seal(what, Buffer.from(JSON.stringify({ userId, shown }))).toString('base64');
}

/** Undefined when nothing was kept, or for somebody else. */
export function takeOnce<T>(
  ctx: Ctx,
  { what, userId }: ShownOnce,
  sealed: string | undefined,
): T | undefined {
  if (!sealed) return undefined;
  const kept = JSON.parse(ctx.vault.open(what, Buffer.from(sealed, 'base64')).toString());
  return kept.userId === userId ? kept.shown : undefined;
}
