export interface SecondFactorRow {
  user_id: number;
  sealed_secret: Buffer;
  /** Time step of the newest code that was taken. */
  last_step: number;
  failures: number;
  blocked_until: Date | null;
  enrolled_at: Date;
}

export interface RecoveryCodeRow {
  user_id: number;
  code_hash: Buffer;
  made_at: Date;
  used_at: Date | null;
}
