import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Attempts } from '#lib/attempts.ts';
import type { Config } from '#lib/config.ts';
import type { JobData } from '#lib/module.ts';
import type { Vault } from '#lib/secrets.ts';

/** Who acts: a person, or the system itself (`id` null). */
export interface Actor {
  id: number | null;
  name: string;
  permissions: ReadonlySet<string>;
}

/** Hands work to the worker. A job with the `id` of one that waits or runs is not added again. */
export interface JobSender {
  add(name: string, data: JobData, id?: string): Promise<void>;
}

/** What every capability gets first; there are no globals. */
export interface Ctx {
  /** The pool, or the open transaction inside `transaction()`. */
  db: Knex;
  actor: Actor;
  now: () => Date;
  log: Logger;
  vault: Vault;
  jobs: JobSender;
  config: Config;
  requestId?: string;
}

  /** Slows guessing down. */
  attempts: Attempts;
export const systemActor: Actor = { id: null, name: '모아', permissions: new Set() };

/** True when the actor holds the permission; the system holds all. */
export function may(ctx: Ctx, permission: string): boolean {
  return ctx.actor.id === null || ctx.actor.permissions.has(permission);
}
