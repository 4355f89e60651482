import type {} from 'express-session';
import type {} from 'passport';
import type { Actor, Ctx } from '#lib/ctx.ts';
import { NotFound } from '#lib/errors.ts';

export type FlashKind = 'success' | 'danger' | 'warning' | 'info';
export interface Flash {
  kind: FlashKind;
  message: string;
}

/** The person behind a request. */
export interface SignedInUser {
  id: number;
  login: string;
  name: string;
  /** The code of their role. */
  role: string;
}

declare global {
  namespace Express {
    interface User extends SignedInUser {}
    interface Request {
      ctx: Ctx;
      /** Shows the message on the next page this person sees. */
      flash(kind: FlashKind, message: string): void;
    }
  }
}

declare module 'express-session' {
  interface SessionData {
    flashes?: Flash[];
  }
}

/** Nobody has signed in: may nothing, and is not the system. */
export const anonymous: Actor = { id: 0, name: '', permissions: new Set(), scope: new Set() };

/** True for a call by a script, which wants a status and JSON rather than a page. */
export function wantsJson(req: { accepts(types: string[]): string | false }): boolean {
  return req.accepts(['html', 'json']) === 'json';
}

/** The `:id` of the address. What is no number names nothing. */
export function idOf(req: { params: Record<string, unknown> }): number {
  if (!/^\d{1,15}$/.test(String(req.params.id))) throw new NotFound();
  return Number(req.params.id);
}
