import type { Ctx } from '#lib/ctx.ts';
import { addDays, day } from '#lib/dates.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import type { Span } from './book.rules.ts';
import { lockBook, renewBook } from './book.ts';
import {
  latestStart,
  type MovedSpan,
  movedSpans,
  type Reassignment,
  reassign,
  type TimedRange,
} from './reassigning.rules.ts';
import { firstDay } from './seeding.ts';
import type { RangeRow } from './tables.ts';
import { koreanDay, regionName, spanText } from './wording.ts';

export interface RegionChange extends Reassignment {
  /** Says that a name which is not in the table yet is meant as it is written. */
  newName?: boolean;
}

/**
 * From a day on, the codes belong to the region. What held before stays as history. Returns the codes that
 * moved; the event `region.changed` tells them to whoever keeps regions of its own.
 */
export async function changeRegion(ctx: Ctx, change: RegionChange): Promise<MovedSpan[]> {
  return transaction(ctx, async (tx) => {
    await lockBook(tx);
    const ranges = await overlapping(tx, change);
    const plan = reassign(ranges, change);
    if (plan.moved.length === 0) {
      throw new Refusal(
        `${spanText(change)} 구간은 그날 이미 ${regionName(change)}입니다. 바뀌는 것이 없습니다.`,
      );
    }
    refuseEarlier(ranges, change);
    refuseSeveralSido(plan.moved);
    await refuseUnknownName(tx, change);

    await tx
      .db('region_ranges')
      .whereIn(
        'id',
        plan.removed.map((range) => range.id),
      )
      .delete();
    const [firstId] = await tx.db('region_ranges').insert(plan.added.map(rangeRow));
    await rewriteChanges(tx, change, movedSpans(ranges, change, addDays(change.effective, -1)));
    await renewBook(tx);
    await record(tx, 'region.changed', 'region_range', firstId!, {
      from: change.from,
      to: change.to,
      effective: change.effective,
      sido: change.sido,
      sigungu: change.sigungu,
      moved: plan.moved.map(({ from, to, old }) => ({ from, to, old: old && regionName(old) })),
    });
    return plan.moved;
  });
}

/** The codes whose region is another from this day on, by a change of ours or by law. */
export async function regionChangesEffectiveOn(ctx: Ctx, effective: string): Promise<Span[]> {
  const rows = await ctx
    .db('region_changes')
    .where({ effective })
    .whereNotNull('from_code')
    .orderBy('from_code')
    .select('from_code', 'to_code');
  return rows.map((row) => ({ from: row.from_code, to: row.to_code }));
}

function refuseEarlier(ranges: readonly TimedRange[], change: RegionChange): void {
  if (change.effective < firstDay) {
    throw new Refusal(`다섯 자리 우편번호가 시작된 ${koreanDay(firstDay)}보다 앞선 날로는 바꿀 수 없습니다.`);
  }
  const latest = latestStart(ranges, change);
  if (latest && change.effective < latest) {
    throw new Refusal(
      `이 구간에는 ${koreanDay(latest)}에 시행하는 변경이 이미 있습니다. 시행일을 그날이나 그 뒤로 고쳐 주세요.`,
    );
  }
}

/** One wrong digit in the last code could otherwise take half a country along. */
function refuseSeveralSido(moved: readonly MovedSpan[]): void {
  const sido = new Set(moved.flatMap(({ old }) => (old ? [old.sido] : [])));
  if (sido.size > 1) {
    throw new Refusal(
      `${[...sido].join(', ')}의 구간이 함께 들어 있습니다. 시작 번호와 끝 번호를 확인하고 한 시도씩 바꿔 주세요.`,
    );
  }
}

async function refuseUnknownName(tx: Ctx, change: RegionChange): Promise<void> {
  const today = day(tx.now());
  const known = await tx
    .db('region_ranges')
    .where({ sido: change.sido, sigungu: change.sigungu })
    .where((query) => query.whereNull('valid_to').orWhere('valid_to', '>=', today))
    .first('id');
  if (known || change.newName) return;
  throw new Refusal(
    `표에 없는 이름입니다: ${regionName(change)}. 새로 생긴 이름이 맞으면 ‘새로 생긴 이름’에 표시하고 다시 저장해 주세요.`,
  );
}

async function overlapping(tx: Ctx, span: Span): Promise<(TimedRange & { id: number })[]> {
  const rows: RangeRow[] = await tx
    .db('region_ranges')
    .where('from_code', '<=', span.to)
    .where('to_code', '>=', span.from)
    .forUpdate();
  return rows.map((row) => ({
    id: row.id,
    from: row.from_code,
    to: row.to_code,
    sido: row.sido,
    sigungu: row.sigungu,
    validFrom: row.valid_from,
    validTo: row.valid_to,
  }));
}

function rangeRow(range: TimedRange): Omit<RangeRow, 'id'> {
  return {
    from_code: range.from,
    to_code: range.to,
    sido: range.sido,
    sigungu: range.sigungu,
    valid_from: range.validFrom,
    valid_to: range.validTo,
  };
}

/** A change that is corrected on its own day never held: what stands in the list is the day before and the result. */
async function rewriteChanges(tx: Ctx, change: RegionChange, moved: readonly MovedSpan[]): Promise<void> {
  await tx
    .db('region_changes')
    .where({ effective: change.effective })
    .whereNotNull('made_by_name')
    .where('from_code', '>=', change.from)
    .where('to_code', '<=', change.to)
    .delete();
  if (moved.length === 0) return;
  await tx.db('region_changes').insert(
    moved.map(({ from, to, old }) => ({
      effective: change.effective,
      from_code: from,
      to_code: to,
      old_sido: old?.sido ?? '',
      old_sigungu: old?.sigungu ?? '',
      new_sido: change.sido,
      new_sigungu: change.sigungu,
      made_by_name: tx.actor.name,
      created_at: tx.now(),
    })),
  );
}
