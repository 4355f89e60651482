import Bowser from 'bowser';

/** A browser somebody is signed in with, or that is remembered. */
export interface Device {
  /** What its row calls it: a session, or a remembered browser with the sessions it has now. */
  key: string;
  browser: string;
  address: string;
  beganAt: Date;
  seenAt: Date;
  remembered: boolean;
  /** Until when it stays signed in if it is not used. */
  rememberedUntil: Date | undefined;
  /** False for a remembered browser that nobody uses at the moment. */
  open: boolean;
  present: boolean;
}

export interface OpenSession {
  sid: string;
  key: string;
  userAgent: string;
  address: string;
  startedAt: number;
  seenAt: number;
  rememberedId: number | undefined;
}

export interface Remembered {
  id: number;
  userAgent: string;
  address: string;
  beganAt: number;
  usedAt: number;
  until: number;
}

/** One row a browser: the sessions of a remembered one stand in its row. This device first, then the last seen. */
export function devicesOf(
  sessions: readonly OpenSession[],
  remembered: readonly Remembered[],
  presentSid: string | undefined,
): Device[] {
  const own = (id: number) => sessions.filter(({ rememberedId }) => rememberedId === id);
  const known = new Set(remembered.map(({ id }) => id));
  const kept = remembered.map((browser): Device => {
    const open = own(browser.id);
    const last = open.toSorted((a, b) => b.seenAt - a.seenAt)[0];
    return {
      key: `r${browser.id}`,
      browser: browserName(last?.userAgent ?? browser.userAgent),
      address: last?.address ?? browser.address,
      beganAt: new Date(browser.beganAt),
      seenAt: new Date(Math.max(browser.usedAt, last?.seenAt ?? 0)),
      remembered: true,
      rememberedUntil: new Date(browser.until),
      open: open.length > 0,
      present: open.some(({ sid }) => sid === presentSid),
    };
  });
  const others = sessions
    .filter(({ rememberedId }) => rememberedId === undefined || !known.has(rememberedId))
    .map(
      (session): Device => ({
        key: session.key,
        browser: browserName(session.userAgent),
        address: session.address,
        beganAt: new Date(session.startedAt),
        seenAt: new Date(session.seenAt),
        remembered: false,
        rememberedUntil: undefined,
        open: true,
        present: session.sid === presentSid,
      }),
    );
  return [...kept, ...others].sort(
    (a, b) => Number(b.present) - Number(a.present) || b.seenAt.getTime() - a.seenAt.getTime(),
  );
}

const systems: Record<string, string> = { macOS: 'Mac', iOS: '아이폰', Android: '안드로이드' };
const browsers: Record<string, string> = {
  'Microsoft Edge': 'Edge',
  'Samsung Internet for Android': '삼성 인터넷',
  'NAVER Whale Browser': '네이버 웨일',
  'Internet Explorer': 'Internet Explorer',
};

/** Chrome 142 · Windows; what no browser would say is 알 수 없는 브라우저. */
export function browserName(userAgent: string): string {
  if (userAgent === '') return '알 수 없는 브라우저';
  const { browser, os, platform } = Bowser.parse(userAgent);
  if (!browser.name) return '알 수 없는 브라우저';
  const version = /^\d+/.exec(browser.version ?? '')?.[0];
  const program = [browsers[browser.name] ?? browser.name, version].filter(Boolean).join(' ');
  const system = platform.model === 'iPad' ? '아이패드' : os.name && (systems[os.name] ?? os.name);
  return [program, system].filter(Boolean).join(' · ');
}
