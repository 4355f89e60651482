import { insertMany, putMany } from '#lib/bulk.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';

/** What somebody did with the data of people. */
export const accessKinds = ['view', 'reveal', 'search', 'print', 'export', 'change'] as const;
export type AccessKind = (typeof accessKinds)[number];

export interface Access {
  kind: AccessKind;
  /** One record, or the run or file that holds many. */
  subject?: { type: string; id: number };
  /** The records of a list. */
  subjects?: { type: string; ids: readonly number[] };
  /** How many people; of a file that holds them by the row, how many rows. */
  people: number;
  /** What was looked for or taken, itself without personal data. */
  detail?: string;
  reason?: string;
}

/** So many records of a list are named one by one; a larger list is named by its run or filter. */
const mostNamed = 500;

/**
 * Writes down who handled whose data, from where and why, in the transaction that is open or one of its own: it is
 * there before the data leaves. The row waits to be chained; nothing ever changes it.
 */
export async function recordAccess(ctx: Ctx, access: Access): Promise<void> {
  await transaction(ctx, async (tx) => {
    const subjects = namedSubjects(access);
    const [id] = await insertMany(tx, 'access_records', [
      {
        at: tx.now(),
        actor_id: tx.actor.id,
        actor_name: tx.actor.name,
        address: (tx.origin?.address ?? '').slice(0, 45),
        request_id: tx.requestId ?? null,
        path: (tx.origin?.path ?? '').slice(0, 200),
        kind: access.kind,
        subject_type: access.subject?.type ?? access.subjects?.type ?? '',
        subject_id: access.subject?.id ?? null,
        people: access.people,
        detail: (access.detail ?? '').slice(0, 500),
        reason: (access.reason ?? '').slice(0, 300),
        subjects: subjects.map(({ type, id }) => `${type}:${id}`).join(','),
      },
    ]);
    await putMany(
      tx,
      'access_subjects',
      subjects.map(({ type, id: subjectId }) => ({
        subject_type: type,
        subject_id: subjectId,
        record_id: id,
      })),
    );
    await tx.db('access_waiting').insert({ record_id: id });
  });
}

function namedSubjects({ subject, subjects }: Access): { type: string; id: number }[] {
  const ids = [...new Set(subjects?.ids)].sort((a, b) => a - b);
  const listed = ids.length <= mostNamed ? ids.map((id) => ({ type: subjects!.type, id })) : [];
  const isListed = listed.some(({ type, id }) => type === subject?.type && id === subject.id);
  return subject && !isListed ? [subject, ...listed] : listed;
}

/** Whom a page is about to show as they are, and how they were looked for. */
export class Seen {
  readonly records = new Map<string, { ids: Set<number>; people: Set<string> }>();
  readonly searches: { detail: string; found: number }[] = [];
}

/** Notes somebody who is shown unmasked; the page that shows them is not sent before this is written down. */
export function noteSeen(ctx: Ctx, type: string, id: number, person: string): void {
  if (!ctx.seen || person.trim() === '') return;
  const seen = ctx.seen.records.get(type) ?? { ids: new Set(), people: new Set() };
  seen.ids.add(id);
  seen.people.add(person);
  ctx.seen.records.set(type, seen);
}

/** Notes a search by what belongs to a person; `detail` holds it masked. */
export function noteSearch(ctx: Ctx, detail: string, found: number): void {
  ctx.seen?.searches.push({ detail, found });
}

/** Writes down what was noted since the request began. */
export async function recordSeen(ctx: Ctx): Promise<void> {
  const { seen } = ctx;
  if (!seen || (seen.searches.length === 0 && seen.records.size === 0)) return;
  await transaction(ctx, async (tx) => {
    for (const { detail, found } of seen.searches) {
      await recordAccess(tx, { kind: 'search', people: found, detail });
    }
    for (const [type, { ids, people }] of seen.records) {
      await recordAccess(tx, {
        kind: 'view',
        subjects: { type, ids: [...ids] },
        people: people.size,
        reason: ctx.sight?.session?.reason,
      });
    }
  });
  seen.searches.length = 0;
  seen.records.clear();
}
