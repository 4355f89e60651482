import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Seen } from '#lib/access.ts';
import type { Attempts } from '#lib/attempts.ts';
import type { Config } from '#lib/config.ts';
import type { JobData, Permission } from '#lib/module.ts';
import type { Pace } from '#lib/pace.ts';
import type { Vault } from '#lib/secrets.ts';
import type { Sight } from '#lib/sight.ts';

/** The channels whose rows somebody works with, by id; each store of ours is a channel too. */
export type Scope = 'all' | ReadonlySet<number>;

/** Who acts: a person, or the system itself (`id` null). */
export interface Actor {
  id: number | null;
  name: string;
  permissions: ReadonlySet<string>;
  scope: Scope;
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
  /** What lies below, for those who look after it; all others have no need of it. */
  below?: { redis: Redis; queue: Queue<JobData> };
  /** Slows guessing down. */
  attempts: Attempts;
  /** Lets pages go first. */
  pace: Pace;
  config: Config;
  /** All that may be allowed to anybody; known where a person acts, who gives nobody more than they have. */
  permissions?: readonly Permission[];
  requestId?: string;
  /** Where a request came from and what it asked for, without its query. */
  origin?: { address: string; path: string };
  /** Whom the actor is shown unmasked; nobody where it is missing. See lib/sight.ts. */
  sight?: Sight;
  /** Gathers whom the page of a request shows. See lib/access.ts. */
  seen?: Seen;
}

export const systemActor: Actor = { id: null, name: '모아', permissions: new Set(), scope: 'all' };

/** True when the actor holds the permission; the system holds all. */
export function may(ctx: Ctx, permission: string): boolean {
  return ctx.actor.id === null || ctx.actor.permissions.has(permission);
}

/** True when rows of the channel are among those the actor works with. */
export function covers({ actor }: Pick<Ctx, 'actor'>, channelId: number): boolean {
  return actor.scope === 'all' || actor.scope.has(channelId);
}

/** True when nothing is in `inner` that is not in `outer`. */
export function isWithin(inner: Scope, outer: Scope): boolean {
  if (outer === 'all') return true;
  return inner !== 'all' && [...inner].every((id) => outer.has(id));
}

/** Leaves of a query only the rows of channels the actor works with; `column` is that of the channel's id. */
export function withinScope<Q extends Knex.QueryBuilder>(
  query: Q,
  { actor }: Pick<Ctx, 'actor'>,
  column: string,
): Q {
  if (actor.scope === 'all') return query;
  const channels = [...actor.scope];
  if (channels.length === 0) query.whereRaw('1 = 0');
  // one channel alone lets a key that begins with it be walked in order
  else if (channels.length === 1) query.where(column, channels[0]);
  else query.whereIn(column, channels);
  return query;
}

/**
 * Leaves of a query only the rows of channels the actor does not work with, or that are gone: what such rows stand in
 * belongs to more people than the actor. Only for those who do not work with all channels.
 */
export function beyondScope<Q extends Knex.QueryBuilder>(
  query: Q,
  { actor }: Pick<Ctx, 'actor'>,
  column: string,
): Q {
  const channels = actor.scope === 'all' ? [] : [...actor.scope];
  if (channels.length > 0) query.where((any) => any.whereNull(column).orWhereNotIn(column, channels));
  return query;
}
