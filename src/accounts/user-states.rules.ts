/** What somebody who manages users has to know about an account; the first that is true. */
export const userStates = ['active', 'awaiting', 'locked', 'disabled'] as const;
export type UserState = (typeof userStates)[number];

export const stateNames: Record<UserState, string> = {
  active: '사용 중',
  awaiting: '비밀번호 대기',
  locked: '잠김',
  disabled: '중지',
};

export function stateOf(
  user: { disabled_at: Date | null; awaits_password: number; locked_until: Date | null },
  now: Date,
): UserState {
  if (user.disabled_at) return 'disabled';
  if (user.awaits_password) return 'awaiting';
  return user.locked_until && user.locked_until > now ? 'locked' : 'active';
}
