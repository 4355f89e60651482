import type { Ctx } from '#lib/ctx.ts';
import { dateTime } from '#lib/dates.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import { type AccessRecord, type ChainStart, firstHash, hashOf, proofOf } from './chain.rules.ts';
import { chainAccess } from './chaining.ts';
import { type Era, eraAt, erasOf } from './eras.ts';
import { type Link, newestStart } from './links.ts';

export interface Verification {
  at: Date;
  /** How many records were looked at. */
  checked: number;
  /** What was changed, removed, inserted or put elsewhere, a sentence each; the first hundred. */
  problems: string[];
  problemCount: number;
  /** The end of the chain, to be compared with what was noted elsewhere. */
  seq: number;
  hash: string;
  /** True when the database itself refuses changes and deletions. */
  locked: boolean;
}

const perPage = 5000;
const mostTold = 100;
const eventSubject = 'access_chain';

/**
 * Chains what waits, walks the whole chain and tells what does not belong. The end of the chain goes into an event and
 * into the log: what is cut off afterwards is missed the next time, and the log lies outside of the database.
 */
export async function verifyAccess(ctx: Ctx): Promise<Verification> {
  await chainAccess(ctx);
  const found = await transaction(ctx, walk);
  const { checked, problemCount, problems, seq, hash } = found;
  await transaction(ctx, (tx) =>
    record(tx, problemCount > 0 ? 'access.tampered' : 'access.verified', eventSubject, seq, { ...found }),
  );
  if (problemCount > 0)
    ctx.log.error({ problemCount, problems: problems.slice(0, 10) }, 'access records were touched');
  ctx.log.info({ checked, seq, hash }, 'access records verified');
  return found;
}

/** Looks at the chain without adding to it or telling of it. */
export async function walk(tx: Ctx): Promise<Verification> {
  const eras = await erasOf(tx);
  const told = new Problems();
  const noted = await lastVerified(tx);
  const start = await checkedStart(tx, eras.at(-1)!, told);
  let previous: Buffer = start?.hash ?? firstHash;
  let seq = start?.seq ?? 0;
  let checked = 0;
  if (noted && noted.seq === seq && noted.hash !== previous.toString('hex')) told.add(differs(seq, noted.at));
  for (;;) {
    const links: Link[] = await tx.db('access_chain').where('seq', '>', seq).orderBy('seq').limit(perPage);
    if (links.length === 0) break;
    const records = await recordsOf(tx, links);
    for (const link of links) {
      const gap = link.seq - seq - 1;
      if (gap > 0) told.add(`사슬에서 ${seq + 1}번부터 ${gap}건이 빠졌습니다.`);
      const own = records.get(link.record_id);
      if (!own) told.add(`기록 ${link.record_id}이 지워졌습니다(사슬 ${link.seq}번).`);
      else if (!hashOf(eraAt(eras, link.seq).key, previous, link.seq, own).equals(link.hash) && gap === 0)
        told.add(`${named(own)}의 내용이나 자리가 바뀌었습니다(사슬 ${link.seq}번).`);
      if (link.seq === noted?.seq && link.hash.toString('hex') !== noted.hash)
        told.add(differs(link.seq, noted.at));
      previous = link.hash;
      seq = link.seq;
      checked += 1;
    }
  }
  if (noted && noted.seq > seq)
    told.add(
      `사슬 끝에서 ${noted.seq - seq}건이 잘렸습니다. ${dateTime(noted.at)}에는 ${noted.seq}번까지 있었습니다.`,
    );
  for (const own of await unchained(tx))
    told.add(`${named(own)}은 사슬에 없습니다. 나중에 끼워 넣은 것입니다.`);
  for (const id of await goneBeforeChained(tx)) told.add(`기록 ${id}이 사슬에 들어가기 전에 지워졌습니다.`);
  await checkSubjects(tx, told);
  return {
    at: tx.now(),
    checked,
    problems: told.first,
    problemCount: told.count,
    seq,
    hash: previous.toString('hex'),
    locked: await isLocked(tx),
  };
}

function differs(seq: number, at: Date): string {
  return `사슬 ${seq}번이 ${dateTime(at)}에 확인한 것과 다릅니다.`;
}

/** Where the chain begins: with the first record there was, or behind what we have destroyed. */
async function checkedStart(tx: Ctx, era: Era, told: Problems): Promise<ChainStart | undefined> {
  const start = await newestStart(tx);
  if (!start) return undefined;
  if (!isFrom(era, start) && !proofOf(era.key, start).equals(start.proof))
    told.add(`사슬의 시작(${start.seq}번)이 우리가 적은 것이 아닙니다. 앞의 기록을 누가 지웠을 수 있습니다.`);
  const before = await tx.db('access_chain').where('seq', '<=', start.seq).count({ n: '*' }).first();
  if (Number(before?.n) > 0)
    told.add(`파기한 자리(${start.seq}번까지)에 기록이 ${before!.n}건 있습니다. 나중에 끼워 넣은 것입니다.`);
  return start;
}

/** The era took this start over from the one before it. */
function isFrom(era: Era, start: ChainStart): boolean {
  return era.start?.seq === start.seq && era.start.hash === start.hash.toString('hex');
}

class Problems {
  first: string[] = [];
  count = 0;
  add(problem: string): void {
    this.count += 1;
    if (this.first.length < mostTold) this.first.push(problem);
  }
}

function named({ id, at, actor_name }: AccessRecord): string {
  return `기록 ${id}(${dateTime(at)} ${actor_name})`;
}

async function recordsOf(tx: Ctx, links: readonly Link[]): Promise<Map<number, AccessRecord>> {
  const records: AccessRecord[] = await tx.db('access_records').whereIn(
    'id',
    links.map((link) => link.record_id),
  );
  return new Map(records.map((own) => [own.id, own]));
}

/** Records that neither stand in the chain nor wait for it. */
async function unchained(tx: Ctx): Promise<AccessRecord[]> {
  return tx
    .db('access_records')
    .leftJoin('access_chain', 'access_chain.record_id', 'access_records.id')
    .leftJoin('access_waiting', 'access_waiting.record_id', 'access_records.id')
    .whereNull('access_chain.record_id')
    .whereNull('access_waiting.record_id')
    .orderBy('access_records.id')
    .limit(mostTold)
    .select('access_records.*');
}

/** Records that wait for the chain, and are not there. */
async function goneBeforeChained(tx: Ctx): Promise<number[]> {
  return tx
    .db('access_waiting')
    .leftJoin('access_records', 'access_records.id', 'access_waiting.record_id')
    .whereNull('access_records.id')
    .orderBy('access_waiting.record_id')
    .limit(mostTold)
    .pluck('access_waiting.record_id');
}

/** The table by which records of a person are found must say what the records say. */
async function checkSubjects(tx: Ctx, told: Problems): Promise<void> {
  const [row] = (await tx
    .db('access_records')
    .select(
      tx.db.raw(
        `coalesce(sum(if(subjects = '', 0, 1 + length(subjects) - length(replace(subjects, ',', '')))), 0) as n`,
      ),
    )) as { n: number }[];
  const links = await tx.db('access_subjects').count({ n: '*' }).first();
  const missing = Number(row!.n) - Number(links!.n);
  if (missing !== 0)
    told.add(
      `누구의 정보인지 찾는 표가 기록과 ${Math.abs(missing)}건 ${missing > 0 ? '모자랍니다' : '남습니다'}.`,
    );
}

/** The end of the chain as it was verified last. */
async function lastVerified(ctx: Ctx): Promise<{ seq: number; hash: string; at: Date } | undefined> {
  const event = await ctx
    .db('events')
    .where({ subject_type: eventSubject, name: 'access.verified' })
    .orderBy('subject_id', 'desc')
    .orderBy('id', 'desc')
    .first();
  return event && { seq: event.subject_id, hash: JSON.parse(event.data).hash, at: event.at };
}

/** What the last verification found; undefined before the first. */
export async function latestVerification(ctx: Ctx): Promise<Verification | undefined> {
  const event = await ctx.db('events').where({ subject_type: eventSubject }).orderBy('id', 'desc').first();
  return event && { ...(JSON.parse(event.data) as Verification), at: event.at };
}

const triggersMade = 8;

export async function isLocked(ctx: Ctx): Promise<boolean> {
  const row = await ctx
    .db('information_schema.triggers')
    .whereRaw('trigger_schema = database()')
    .whereIn('event_object_table', ['access_records', 'access_subjects', 'access_chain', 'access_starts'])
    .count({ n: '*' })
    .first();
  return Number(row?.n) === triggersMade;
}
