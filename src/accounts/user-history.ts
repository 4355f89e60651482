import type { Ctx } from '#lib/ctx.ts';
import { dateTime } from '#lib/dates.ts';
import { type EventRow, listEvents } from '#lib/events.ts';

/** Something that happened to an account, in words. */
export interface HistoryEntry {
  at: Date;
  who: string;
  words: string;
  /** From where, or what it was before. */
  detail: string;
  /** How often it happened in a row. */
  times: number;
  /** True for what somebody who watches over accounts looks for. */
  alarming: boolean;
}

/** What was done with an account and to it, newest first. */
export async function listUserHistory(
  ctx: Ctx,
  userId: number,
  roleNames: Readonly<Record<string, string>>,
  limit = 100,
): Promise<HistoryEntry[]> {
  const events = await listEvents(ctx, 'user', userId, limit);
  return folded(events.map((event) => entryOf(event, userId, roleNames)));
}

/** Guesses come in hundreds: the same thing in a row is one entry, with the time of the last. */
function folded(entries: readonly HistoryEntry[]): HistoryEntry[] {
  const kept: HistoryEntry[] = [];
  for (const entry of entries) {
    const last = kept.at(-1);
    const same = last && (['who', 'words', 'detail'] as const).every((key) => last[key] === entry[key]);
    if (same && entry.alarming) last.times += entry.times;
    else kept.push({ ...entry });
  }
  return kept;
}

/** How often strangers or their person failed to come in during the last hour, since they last did. */
export async function countRecentFailures(ctx: Ctx, userId: number): Promise<number> {
  const hourAgo = new Date(ctx.now().getTime() - 3_600_000);
  const events = await listEvents(ctx, 'user', userId, 50);
  const since = events.findIndex(({ name }) => endsWaiting.has(name));
  return (since < 0 ? events : events.slice(0, since)).filter(
    ({ name, at }) => name === 'user.sign_in_failed' && at > hourAgo,
  ).length;
}

const endsWaiting = new Set(['user.signed_in', 'user.unlocked', 'user.password_changed']);

type Data = Record<string, unknown>;
type Words = (data: Data, roleNames: Readonly<Record<string, string>>) => string;

const words: Record<string, Words> = {
  'user.created': ({ invited }) =>
    invited ? '계정을 만들고 비밀번호 링크를 기다립니다' : '계정을 만들었습니다',
  'user.changed': (data, roleNames) => changeInWords(data, roleNames),
  'user.scope_changed': () => '맡은 채널을 바꿨습니다',
  'user.disabled': () => '계정을 중지했습니다',
  'user.enabled': () => '계정을 다시 열었습니다',
  'user.locked': ({ failures, until }) =>
    `로그인에 ${failures}번 실패해 ${dateTime(new Date(String(until))).slice(11, 16)}까지 잠갔습니다`,
  'user.unlocked': ({ by }) => (by === 'time' ? '잠금 시간이 지나 풀렸습니다' : '잠금을 풀었습니다'),
  'user.link_made': ({ closing, invite }) => {
    if (invite) return '비밀번호 정하는 링크를 만들었습니다';
    return closing
      ? '비밀번호를 바로 막고 재설정 링크를 만들었습니다'
      : '비밀번호 재설정 링크를 만들었습니다';
  },
  'user.password_changed': ({ by }) =>
    by === 'invite' || by === 'reset' ? '링크로 비밀번호를 정했습니다' : '비밀번호를 바꿨습니다',
  'user.signed_in': ({ by }) => (by === 'provider' ? '외부 계정으로 로그인했습니다' : '로그인했습니다'),
  'user.sign_in_failed': () => '비밀번호가 틀렸습니다',
  'user.place_refused': () => '허용하지 않은 주소에서 들어오려 했습니다',
  'user.token_theft': () => '로그인 유지 정보가 두 곳에서 쓰여 모두 로그아웃했습니다',
  'user.device_ended': () => '기기 한 대를 로그아웃했습니다',
  'user.devices_ended': () => '모든 기기를 로그아웃했습니다',
  'user.notices_read': () => '보안 알림을 읽었습니다',
  'user.notice_handled': () => '보안 알림을 확인했습니다',
  'user.identity_linked': () => '외부 계정을 연결했습니다',
  'user.identity_unlinked': () => '외부 계정 연결을 끊었습니다',
  'user.second_factor_enabled': () => '2단계 인증을 켰습니다',
  'user.second_factor_replaced': () => '2단계 인증을 새 휴대전화로 바꿨습니다',
  'user.second_factor_disabled': () => '2단계 인증을 껐습니다',
  'user.second_factor_reset': () => '2단계 인증을 초기화했습니다',
  'user.second_factor_refused': ({ blockedMinutes }) =>
    blockedMinutes ? `2단계 코드를 여러 번 틀려 ${blockedMinutes}분 막았습니다` : '2단계 코드가 틀렸습니다',
  'user.recovery_code_used': ({ left }) => `복구 코드를 썼습니다. ${left}개 남았습니다`,
  'user.recovery_codes_made': () => '복구 코드를 새로 만들었습니다',
};

const alarms = new Set([
  'user.locked',
  'user.sign_in_failed',
  'user.place_refused',
  'user.token_theft',
  'user.second_factor_refused',
]);

function entryOf(event: EventRow, userId: number, roleNames: Readonly<Record<string, string>>): HistoryEntry {
  const data = JSON.parse(event.data) as Data;
  return {
    at: event.at,
    who: event.actor_id === userId || event.actor_id === 0 ? '' : event.actor_name,
    // an event of a module that this page does not know is better named than hidden
    words: words[event.name]?.(data, roleNames) ?? event.name,
    detail: typeof data.address === 'string' ? data.address : '',
    times: 1,
    alarming: alarms.has(event.name),
  };
}

function changeInWords({ name, role }: Data, roleNames: Readonly<Record<string, string>>): string {
  const parts: string[] = [];
  if (Array.isArray(name)) parts.push(`이름을 ‘${name[0]}’에서 ‘${name[1]}’로`);
  if (Array.isArray(role)) {
    const [before, after] = role.map((code) => roleNames[String(code)] ?? String(code));
    parts.push(`역할을 ‘${before}’에서 ‘${after}’로`);
  }
  return `${parts.join(', ')} 바꿨습니다`;
}
