import type {} from 'express-session';

declare module 'express-session' {
  interface SessionData {
    /** Why everybody is shown unmasked, and until when, in milliseconds. */
    revealing?: { reason: string; until: number };
    /** Records that were uncovered one by one, by their key, and until when. */
    revealed?: Record<string, number>;
  }
}
