import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import { type SessionLimits, usualLimits } from './session-limits.rules.ts';

/** The limits of one role. They are read for each request: what is changed holds from the next click on. */
export async function findSessionLimits(ctx: Ctx, role: string): Promise<SessionLimits> {
  const row = await ctx.db('session_limits').where({ role }).first();
  return row ? limitsOf(row) : usualLimits;
}

/** The limits of those roles that have their own. */
export async function listSessionLimits(ctx: Ctx): Promise<Map<string, SessionLimits>> {
  const rows: LimitsRow[] = await ctx.db('session_limits').select();
  return new Map(rows.map((row) => [row.role, limitsOf(row)]));
}

export async function setSessionLimits(ctx: Ctx, role: string, limits: SessionLimits): Promise<void> {
  await transaction(ctx, async (tx) => {
    const before = await findSessionLimits(tx, role);
    if (JSON.stringify(before) === JSON.stringify(limits)) return;
    await tx
      .db('session_limits')
      .insert({
        role,
        idle_minutes: limits.idleMinutes,
        absolute_minutes: limits.absoluteMinutes,
        may_be_remembered: limits.mayBeRemembered,
      })
      .onConflict('role')
      .merge();
    await record(tx, 'session_limits.changed', 'role', 0, { role, before, after: limits });
  });
}

interface LimitsRow {
  role: string;
  idle_minutes: number;
  absolute_minutes: number;
  may_be_remembered: number;
}

function limitsOf(row: LimitsRow): SessionLimits {
  return {
    idleMinutes: row.idle_minutes,
    absoluteMinutes: row.absolute_minutes,
    mayBeRemembered: row.may_be_remembered === 1,
  };
}
