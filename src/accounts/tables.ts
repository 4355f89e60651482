import type { UserScope } from './roles.rules.ts';

export interface UserRow {
  id: number;
  login: string;
  name: string;
  /** The code of their role. */
  role: string;
  scope: UserScope;
  password_hash: string;
  /** Counts up when every session of the user must end. */
  session_version: number;
  disabled_at: Date | null;
  last_signed_in_at: Date | null;
  created_at: Date;
  updated_at: Date;
}
