import type {} from 'express-session';

/** Why somebody was sent to the provider. */
export type Errand = { kind: 'sign-in'; next: string } | { kind: 'link'; userId: number };

declare module 'express-session' {
  interface SessionData {
    providerErrand?: Errand;
  }
}
