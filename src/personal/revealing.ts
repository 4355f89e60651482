import type { Request, RequestHandler } from 'express';
import { recordAccess, Seen } from '#lib/access.ts';
import type { AttemptRule } from '#lib/attempts.ts';
import { may } from '#lib/ctx.ts';
import { dateTime } from '#lib/dates.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { type Sight, type SubjectType, subjectKey } from '#lib/sight.ts';
import './session-data.ts';

const hourMs = 3_600_000;
/** A working day; it ends with the session before that. */
const longestSessionMs = 9 * hourMs;
/** Long enough for a call. */
const longestRecordMs = hourMs / 2;
const mostRecords = 200;

/** What people usually need it for; anything else is typed. */
export const usualReasons = ['주문 처리', '고객 응대', '배송 준비', '발주와 택배 접수'] as const;

/** Tells the context where the request comes from and whom its session has uncovered. */
export const openSight: RequestHandler = (req, _res, next) => {
  const path = req.originalUrl.split('?')[0]!;
  req.ctx = {
    ...req.ctx,
    origin: { address: req.ip ?? '', path },
    sight: sightOf(req),
    seen: new Seen(),
  };
  next();
};

function sightOf(req: Request): Sight {
  const now = req.ctx.now().getTime();
  const { revealing, revealed = {} } = req.session ?? {};
  const records = Object.keys(revealed).filter((key) => revealed[key]! > now);
  if (!revealing || revealing.until <= now || !may(req.ctx, 'personal.reveal'))
    return { everybody: false, records: new Set(records) };
  const session = { reason: revealing.reason, until: new Date(revealing.until) };
  return { everybody: true, session, records: new Set(records) };
}

/** Shows everybody unmasked while this session lasts, nine hours at most. */
export async function beginRevealing(req: Request, reason: string): Promise<void> {
  const { ctx } = req;
  if (!may(ctx, 'personal.reveal')) throw new NotFound();
  const until = new Date(ctx.now().getTime() + longestSessionMs);
  await recordAccess(ctx, {
    kind: 'reveal',
    people: 0,
    detail: `일하는 동안 모두, ${dateTime(until).slice(0, 16)}까지`,
    reason,
  });
  req.session.revealing = { reason, until: until.getTime() };
}

/** Masks everybody again. */
export async function endRevealing(req: Request): Promise<void> {
  const { revealing, revealed } = req.session;
  delete req.session.revealing;
  delete req.session.revealed;
  if (revealing || revealed) await recordAccess(req.ctx, { kind: 'reveal', people: 0, detail: '다시 가림' });
}

/** More than anybody calls in an hour: whoever needs so many says why, with a working session. */
export const oneByOne: AttemptRule = {
  name: 'reveal',
  free: 120,
  firstWait: 60,
  longestWait: 15 * 60,
  memory: 60 * 60,
};

/** Shows one record unmasked for half an hour; the caller has made sure that the actor may see it. */
export async function revealRecord(req: Request, type: SubjectType, id: number): Promise<void> {
  const now = req.ctx.now().getTime();
  const { wait } = await req.ctx.attempts.take(oneByOne, String(req.ctx.actor.id));
  if (wait > 0)
    throw new Refusal(
      `한 시간에 ${oneByOne.free}건 넘게 하나씩 보았습니다. 계속 봐야 하면 위의 ‘가림 풀기’를 눌러 이유를 적어 주세요.`,
    );
  await recordAccess(req.ctx, { kind: 'reveal', subject: { type, id }, people: 1 });
  const before = Object.entries(req.session.revealed ?? {}).filter(([, until]) => until > now);
  const kept = [...before.slice(1 - mostRecords), [subjectKey(type, id), now + longestRecordMs] as const];
  req.session.revealed = Object.fromEntries(kept);
}
