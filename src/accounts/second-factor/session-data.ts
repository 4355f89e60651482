import type {} from 'express-session';

/** Who has given the first proof and not yet the second; lives five minutes in the session that gave it. */
export interface PendingSignIn {
  userId: number;
  /** The user's session_version then: a password changed meanwhile ends this too. */
  version: number;
  at: number;
  by: 'password' | 'provider';
  remember: boolean;
  next: string;
}

declare module 'express-session' {
  interface SessionData {
    pendingSignIn?: PendingSignIn;
    /** A secret that is being enrolled, sealed. */
    enrolment?: string;
    /** Recovery codes that were just made, sealed; gone once they were shown. */
    newRecoveryCodes?: string;
    /** An address this session was refused from, so that it is recorded once. */
    refusedFrom?: string;
  }
}
