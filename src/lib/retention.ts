import { sweepMarks } from '#lib/commit-marks.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import type { Invariant } from '#lib/invariants.ts';
import type { AppModule } from '#lib/module.ts';

/** Records that are kept after what is personal of them has been destroyed. */
export interface Retention {
  /** Its name in the event that tells of it: `print_runs`. */
  name: string;
  days: number;
  /** The records whose time is over, oldest first: those of before `before` that have not been done, at most `limit`. */
  due(ctx: Ctx, before: Date, limit: number): Promise<number[]>;
  /** Destroys what is personal of one, in small steps; the last one marks it as done. Doing it again does no harm. */
  destroy(ctx: Ctx, id: number): Promise<void>;
}

const dayMs = 24 * 3600 * 1000;
const recordsAtOnce = 200;

/**
 * Destroys all that is due and records it as one event with counts. Killed half-way it leaves whole records that are
 * done and one that is begun; the next run does the rest. What fails is thrown after the others have had their turn.
 */
export async function destroyDue(
  ctx: Ctx,
  retentions: readonly Retention[],
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const failures: unknown[] = [];
  for (const retention of retentions) {
    try {
      for await (const id of dueOf(ctx, retention)) {
        await retention.destroy(ctx, id);
        counts[retention.name] = (counts[retention.name] ?? 0) + 1;
      }
    } catch (error) {
      ctx.log.error({ err: error, retention: retention.name }, 'destroying what is personal failed');
      failures.push(error);
    }
  }
  if (Object.keys(counts).length > 0)
    await transaction(ctx, (tx) => record(tx, 'retention.destroyed', 'retention', 0, counts));
  if (failures.length > 0) throw failures[0];
  return counts;
}

async function* dueOf(ctx: Ctx, { days, due }: Retention): AsyncGenerator<number> {
  const before = new Date(ctx.now().getTime() - days * dayMs);
  let ids = await due(ctx, before, recordsAtOnce);
  for (let last = -1; ids.length > 0 && ids[0] !== last; ids = await due(ctx, before, recordsAtOnce)) {
    last = ids[0]!; // one that comes back undone would keep us here for ever
    yield* ids;
  }
}

const nightsOfGrace = 3;

/** What should have been destroyed some nights ago, and is still there. */
function inTime({ name, days, due }: Retention): Invariant {
  return {
    name: `retention.${name}`,
    sentence: `보관 기간이 지난 개인정보는 파기되었습니다(${name}).`,
    async *find(snap) {
      const before = new Date(snap.now().getTime() - (days + nightsOfGrace) * dayMs);
      const late = await due(snap, before, recordsAtOnce);
      if (late.length > 0)
        yield {
          words: `${days}일이 지났는데 파기하지 않은 것이 ${late.length}건 있습니다(${name}). 처음 것은 ${late[0]}번입니다.`,
          href: '/personal-data',
        };
    },
  };
}

/** The job that does it each night, for what all modules keep. */
export function retention(retentions: readonly Retention[]): AppModule {
  return {
    name: 'retention',
    permissions: [],
    invariants: retentions.map(inTime),
    jobs: [
      {
        name: 'retention.destroy',
        title: '기한이 지난 개인정보 지우기',
        run: async (ctx) => void (await destroyDue(ctx, retentions)),
        repeat: '40 3 * * *',
      },
      {
        name: 'commit_marks.sweep',
        title: '오래된 저장 표시 지우기',
        run: sweepMarks,
        repeat: '25 * * * *',
      },
    ],
  };
}
