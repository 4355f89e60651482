import type { Knex } from 'knex';
import type { Logger } from 'pino';

/** Who acts: a person, or the system itself (`id` null). */
export interface Actor {
  id: number | null;
  name: string;
  permissions: ReadonlySet<string>;
}

/** What every capability gets first; there are no globals. */
export interface Ctx {
  /** The pool, or the open transaction inside `transaction()`. */
  db: Knex;
  actor: Actor;
  now: () => Date;
  log: Logger;
  requestId?: string;
}

/** True when the actor holds the permission; the system holds all. */
export function may(ctx: Ctx, permission: string): boolean {
  return ctx.actor.id === null || ctx.actor.permissions.has(permission);
}
