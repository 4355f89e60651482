/** What is known of a remembered browser when it presents a token. */
export interface Series {
  tokenHash: string;
  /** The token before; none until the first is used. */
  prevHash: string | undefined;
  rotatedAt: number;
  /** True once the browser was seen to have kept the present token. */
  settled: boolean;
  expiresAt: number;
  endsAt: number;
  /** False after a sign-out, a new password, a disabled account or a theft. */
  alive: boolean;
}

const minute = 60_000;
const day = 24 * 60 * minute;

/** Requests that a browser sent together carry one token: so long after the first, the others are let in too. */
export const grace = minute;
/** Unused for so long, a browser is forgotten; and however much it is used, after the second. */
export const slidingLife = 14 * day;
export const longestLife = 90 * day;
/** A browser may take half a minute to write a cookie to its disk, and lose power before. */
export const settlingTime = 2 * minute;

export type Verdict = 'ended' | 'rotate' | 'join' | 'recover' | 'theft';

/**
 * `rotate`: the present token; give the next one out. `join`: another request of the same browser was first; let this
 * one into its session. `recover`: the answer with the next token never arrived, or was lost with the browser; go on
 * from this one. `theft`: the browser had its next token, so whoever presents this one copied it, or was copied from.
 */
export function judge(series: Series, tokenHash: string, now: number): Verdict {
  if (!series.alive || now >= series.expiresAt || now >= series.endsAt) return 'ended';
  if (tokenHash === series.tokenHash) return 'rotate';
  if (tokenHash !== series.prevHash) return 'theft';
  if (now - series.rotatedAt < grace) return 'join';
  return series.settled ? 'theft' : 'recover';
}

/** The series after its token was given out anew to a browser that presented `tokenHash`. */
export function rotated(series: Series, tokenHash: string, nextHash: string, now: number): Series {
  return {
    ...series,
    tokenHash: nextHash,
    prevHash: tokenHash,
    rotatedAt: now,
    settled: false,
    expiresAt: Math.min(now + slidingLife, series.endsAt),
  };
}

export function mayBeSettled(series: Series, now: number): boolean {
  return !series.settled && now - series.rotatedAt >= settlingTime;
}

/** Reads and changes a series; `replace` is false when somebody else changed it since it was read. */
export interface SeriesKeeper<S extends Series> {
  find(): Promise<S | undefined>;
  replace(was: S, next: Series): Promise<boolean>;
}

export interface Judged<S extends Series> {
  verdict: Verdict | 'unknown';
  series: S | undefined;
}

/**
 * Judges a token and gives the next one out where it may: of several at once exactly one is told `rotate` or
 * `recover`, the others look again and are judged by what it left.
 */
export async function presentToken<S extends Series>(
  keeper: SeriesKeeper<S>,
  tokenHash: string,
  nextHash: string,
  now: () => number,
): Promise<Judged<S>> {
  for (;;) {
    const series = await keeper.find();
    if (!series) return { verdict: 'unknown', series };
    const verdict = judge(series, tokenHash, now());
    if (verdict !== 'rotate' && verdict !== 'recover') return { verdict, series };
    if (await keeper.replace(series, rotated(series, tokenHash, nextHash, now()))) return { verdict, series };
  }
}

/**
 * While its session is alive, a browser shows its token every few minutes: a thief who used a copy meanwhile is
 * noticed at once and not when the session ends. The present token needs no successor here; it is seen to be kept.
 */
export async function showToken<S extends Series>(
  keeper: SeriesKeeper<S>,
  tokenHash: string,
  nextHash: string,
  now: () => number,
): Promise<Judged<S>> {
  for (;;) {
    const series = await keeper.find();
    if (!series) return { verdict: 'unknown', series };
    const verdict = judge(series, tokenHash, now());
    if (verdict === 'recover') {
      if (await keeper.replace(series, rotated(series, tokenHash, nextHash, now())))
        return { verdict, series };
    } else if (verdict === 'rotate' && mayBeSettled(series, now())) {
      if (await keeper.replace(series, { ...series, settled: true })) return { verdict: 'join', series };
    } else return { verdict: verdict === 'rotate' ? 'join' : verdict, series };
  }
}

/** 128 bits name the series, 256 are the token. Anything else was never given out. */
const cookieShape = /^([0-9a-f]{32})\.([0-9a-f]{64})$/;

export function readToken(cookie: string | undefined): { series: string; token: string } | undefined {
  const [, series, token] = cookieShape.exec(cookie ?? '') ?? [];
  return series && token ? { series, token } : undefined;
}
