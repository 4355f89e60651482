import type { Ctx } from '#lib/ctx.ts';

/** What an act leaves behind: audit trail, timeline and outbox in one row. `at` is Korean time. */
export interface EventRow {
  id: number;
  name: string;
  subject_type: string;
  subject_id: number;
  actor_id: number | null;
  actor_name: string;
  data: string;
  request_id: string | null;
  at: Date;
}

/** Writes the event of an act; call it in the act's own transaction. */
export async function record(
  tx: Ctx,
  name: string,
  subjectType: string,
  subjectId: number,
  data: Record<string, unknown> = {},
): Promise<void> {
  if (!tx.db.isTransaction) throw new Error(`event ${name} must be recorded in the transaction of its act`);
  await tx.db('events').insert({
    name,
    subject_type: subjectType,
    subject_id: subjectId,
    actor_id: tx.actor.id,
    actor_name: tx.actor.name,
    data: JSON.stringify(data),
    request_id: tx.requestId ?? null,
    at: tx.now(),
  });
}

/** The events of one subject, newest first. */
export async function listEvents(
  ctx: Ctx,
  subjectType: string,
  subjectId: number,
  limit = 100,
): Promise<EventRow[]> {
  return ctx
    .db('events')
    .where({ subject_type: subjectType, subject_id: subjectId })
    .orderBy('id', 'desc')
    .limit(limit);
}
