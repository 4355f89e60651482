import type {} from 'express-session';

/** Lives five minutes, and only in the session that typed the password. */
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
    /** When this session was begun, in milliseconds; its absolute limit counts from here. */
    startedAt?: number;
    signedInBy?: 'password' | 'remembered' | 'provider';
    /** When the person last proved who they are, in milliseconds; a remembered sign-in proves nothing. */
    confirmedAt?: number;
    /** When a code of the second factor was taken, in milliseconds, here or when this browser was remembered. */
    secondFactorAt?: number;
    /** Name and password were right; what is still missing before somebody is signed in. */
    pendingSignIn?: PendingSignIn;
    /** A secret that is being enrolled, sealed. */
    enrolment?: string;
    /** Recovery codes that were just made, sealed; gone once they were shown. */
    newRecoveryCodes?: string;
    /** An address this session was refused from, so that it is recorded once. */
    refusedFrom?: string;
  }
}
