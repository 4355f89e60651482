import type { UserScope } from './roles.rules.ts';

export interface UserRow {
  id: number;
  login: string;
  name: string;
  /** The code of their role. */
  role: string;
  scope: UserScope;
  /** Leads to no password while one is awaited. */
  password_hash: string;
  /** 1 for somebody who has yet to set a password with a link. */
  awaits_password: 0 | 1;
  password_set_at: Date | null;
  /** For strangers; browsers that the person is known by come in. */
  locked_until: Date | null;
  /** Counts up when failures are to be forgotten. */
  attempt_series: number;
  /** Counts up when every session of the user must end. */
  session_version: number;
  disabled_at: Date | null;
  last_signed_in_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

export interface PasswordLinkRow {
  id: number;
  purpose: 'invite' | 'reset' | 'first_admin';
  user_id: number | null;
  token_hash: Buffer;
  made_by: number | null;
  made_by_name: string;
  made_at: Date;
  expires_at: Date;
  /** It was used, or another one replaced it. */
  spent_at: Date | null;
}
