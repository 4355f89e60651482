import type { Config } from '#lib/config.ts';
import { type Ctx, systemActor } from '#lib/ctx.ts';

/** What the restored data is worth. */
export interface Judgement {
  orders: number;
  lines: number;
  rules: number;
  findings: number;
  /** Rules that could not be looked at. */
  left: number;
  found: string[];
}

/** Brings restored data to this release, lets it finish what was under way, and checks all that must hold. */
export async function judge(config: Config): Promise<Judgement> {
  const [{ prepare }, { openRuntime }, { modules }, { checkAll }] = await Promise.all([
    import('../../src/prepare.ts'),
    import('#lib/runtime.ts'),
    import('../../src/modules.ts'),
    import('../../src/operations/checks/checking.ts'),
  ]);
  await prepare(config);
  const runtime = await openRuntime(config, 'restore');
  try {
    const ctx = runtime.ctxFor(systemActor);
    const recover = modules.flatMap(({ jobs = [] }) => jobs).find(({ name }) => name === 'imports.recover');
    await recover!.run(ctx, {}, () => {});
    const rules = modules.flatMap(({ invariants = [] }) => invariants).filter(isAboutData);
    const results = await checkAll(ctx, rules, { waitMs: 60_000, atOnce: 2 });
    return {
      orders: await count(ctx, 'orders'),
      lines: await count(ctx, 'order_lines'),
      rules: results.length,
      findings: results.reduce((sum, { findingCount }) => sum + findingCount, 0),
      left: results.filter(({ leftBecause }) => leftBecause !== undefined).length,
      found: results.flatMap(({ rule, findings, leftBecause }) =>
        [...findings.map(({ words }) => words), ...(leftBecause ? [leftBecause] : [])].map(
          (words) => `${rule.name}: ${words}`,
        ),
      ),
    };
  } finally {
    await runtime.close();
  }
}

/** An old back-up is not to blame for what nobody has done since. */
function isAboutData({ name }: { name: string }): boolean {
  return name !== 'imports.stuck' && !name.startsWith('retention.');
}

async function count(ctx: Ctx, table: string): Promise<number> {
  const row = await ctx.db(table).count({ n: '*' }).first();
  return Number(row?.n ?? 0);
}
