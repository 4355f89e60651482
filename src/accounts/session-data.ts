import type {} from 'express-session';

declare module 'express-session' {
  interface SessionData {
    /** When this session was begun, in milliseconds; its absolute limit counts from here. */
    startedAt?: number;
    signedInBy?: 'password' | 'remembered' | 'provider';
    /** When the person last proved who they are, in milliseconds; a remembered sign-in proves nothing. */
    confirmedAt?: number;
  }
}
