import type { Router } from 'express';
import type { Ctx } from '#lib/ctx.ts';
import type { ListSource } from '#lib/list-source.ts';

export const roles = ['admin', 'office', 'delivery'] as const;
export type Role = (typeof roles)[number];

/** What one role may do; `roles` are those that have it from the start. */
export interface Permission {
  code: string;
  name: string;
  roles: readonly Role[];
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
  run: (
    ctx: Ctx,
    data: JobData,
    progress: (done: number, total: number, stage: string) => void,
  ) => Promise<void>;
  /** A cron pattern in Korean time for jobs that come round. */
  repeat?: string;
}
export type JobData = Record<string, string | number | boolean | null>;

/** What a module gives the application to mount. */
export interface AppModule {
  name: string;
  permissions: readonly Permission[];
  routes?: readonly { path: string; router: Router }[];
  menu?: readonly MenuItem[];
  jobs?: readonly JobDefinition[];
  /** Lists that can be taken away as a file. */
  lists?: readonly ListSource[];
}
