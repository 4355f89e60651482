import type { Router } from 'express';
import type { Ctx } from '#lib/ctx.ts';
import type { Invariant } from '#lib/invariants.ts';
import type { ListSource } from '#lib/list-source.ts';
import type { LastingKey, SealedColumn } from '#lib/resealing.ts';
import type { Retention } from '#lib/retention.ts';

/** The roles every installation has; an administrator makes others, each based on one of these. */
export const roles = ['admin', 'office', 'delivery', 'crew', 'store'] as const;
export type Role = (typeof roles)[number];

/** Something that may be allowed; `roles` are those that have it until an administrator decides otherwise. */
export interface Permission {
  code: string;
  name: string;
  roles: readonly Role[];
  /** Administrators always have it: without it nobody could let anybody in again. */
  keptByAdmin?: true;
}

export interface MenuItem {
  label: string;
  href: string;
  /** A name from bootstrap-icons. */
  icon: string;
  permission: string;
  /** A number beside the label; nothing is shown for 0. */
  badge?: (ctx: Ctx) => Promise<number>;
}

/** A background job; it must come to the same result when it runs twice. */
export interface JobDefinition {
  name: string;
  /** What people call it. */
  title?: string;
  run: (
    ctx: Ctx,
    data: JobData,
    progress: (done: number, total: number, stage: string) => void,
  ) => Promise<void>;
  /** A cron pattern in Korean time for jobs that come round. */
  repeat?: string;
}
export type JobData = Record<string, string | number | boolean | null>;

/** Something whose progress a page can watch; a job names it in its data by this key. */
export interface Watchable {
  key: string;
  /** Whether this person may watch it; asked again while they do. */
  mayWatch: (ctx: Ctx, id: number) => Promise<boolean>;
}

/** What a module gives the application to mount. */
export interface AppModule {
  name: string;
  /** What people call this part of the work; its permissions stand under it. */
  title?: string;
  permissions: readonly Permission[];
  routes?: readonly { path: string; router: Router }[];
  menu?: readonly MenuItem[];
  jobs?: readonly JobDefinition[];
  /** What it keeps that is personal, and when that is destroyed. */
  retains?: readonly Retention[];
  /** What it keeps under the installation's secret, for the day that is replaced. */
  seals?: readonly SealedColumn[];
  lastingKeys?: readonly LastingKey[];
  /** Lists that can be taken away as a file. */
  lists?: readonly ListSource[];
  /** What must hold of what it stores; looked at each night. */
  invariants?: readonly Invariant[];
  watchables?: readonly Watchable[];
}
