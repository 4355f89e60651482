import { type Ctx, may } from '#lib/ctx.ts';

/** What can be revealed as one: a record of people, or a page of many. */
export const subjectTypes = ['order', 'delivery', 'import', 'courier_result', 'partner_sheet'] as const;
export type SubjectType = (typeof subjectTypes)[number];

/** Whom somebody is shown as they are at this moment; all others are masked. */
export interface Sight {
  /** While a working session lasts, with the reason that was given. */
  session?: { reason: string; until: Date };
  everybody: boolean;
  /** `order:12`, as `subjectKey` writes it. */
  records: ReadonlySet<string>;
}

export function subjectKey(type: SubjectType, id: number): string {
  return `${type}:${id}`;
}

/**
 * Shows everybody the actor may know, for a page or file whose purpose needs it: a print-out, a courier's sheet, a form
 * of corrections. Nothing is noted by itself: whoever unmasks writes the access record.
 */
export function unmasked<C extends Ctx>(ctx: C): C {
  return { ...ctx, sight: { everybody: true, records: new Set() }, seen: undefined };
}

/** True when the actor may know the people of this record, and has it uncovered. Without a sight all is masked. */
export function sees(ctx: Ctx, permission: string, type: SubjectType, id: number): boolean {
  if (ctx.actor.id === null) return true;
  if (!may(ctx, permission) || !ctx.sight) return false;
  return ctx.sight.everybody || ctx.sight.records.has(subjectKey(type, id));
}
