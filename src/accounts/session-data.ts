import type {} from 'express-session';

declare module 'express-session' {
  interface SessionData {
    /** When this session was begun, in milliseconds; its absolute limit counts from here. */
    startedAt?: number;
    signedInBy?: 'password' | 'remembered' | 'provider';
    /** When the person last proved who they are, in milliseconds; a remembered sign-in proves nothing. */
    confirmedAt?: number;
    /** True when the second factor was given in this session, or when its remembered browser was begun. */
    secondFactor?: boolean;
    /** The series of the browser, when it is remembered. */
    rememberedId?: number;
    /** When the browser last showed that it holds the last token of its series. */
    tokenShownAt?: number;
    /** What the list of devices calls this session. */
    deviceKey?: string;
    userAgent?: string;
    address?: string;
    /** The person has not yet read a security notice. */
    noticesUnread?: boolean;
  }
}
