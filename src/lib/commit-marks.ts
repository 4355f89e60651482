import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { Ctx } from '#lib/ctx.ts';

/**
 * A transaction leaves a mark of its own among its rows. When the connection breaks while it is being committed, only
 * the mark tells whether it was: the next attempt cannot leave it a second time. The key is the referee, so it holds
 * while the first commit is still on its way through a cluster, too.
 */
export type Mark = Buffer;

/** The transaction of this mark has been committed already. */
export class AlreadyCommitted extends Error {
  override name = 'AlreadyCommitted';
}

/** Begins with the time, so that marks are added at the end of their table and taken away from its beginning. */
export function newMark(now: number): Mark {
  const mark = randomBytes(16);
  mark.writeUIntBE(now, 0, 6);
  return mark;
}

/** Throws `AlreadyCommitted` when an earlier attempt has come through. */
export async function leaveMark(trx: Knex, mark: Mark): Promise<void> {
  try {
    await trx.raw('INSERT INTO commit_marks (id) VALUES (?)', [mark]);
  } catch (error) {
    if ((error as { code?: string }).code === 'ER_DUP_ENTRY') throw new AlreadyCommitted();
    throw error;
  }
}

const keptMs = 24 * 3600 * 1000;
const perStatement = 5000;

/** Takes away marks nobody can ask for any more. */
export async function sweepMarks(ctx: Ctx): Promise<void> {
  const before = Buffer.alloc(16);
  before.writeUIntBE(ctx.now().getTime() - keptMs, 0, 6);
  for (;;) {
    const swept = await ctx.db('commit_marks').where('id', '<', before).limit(perStatement).delete();
    if (swept < perStatement) return;
  }
}
