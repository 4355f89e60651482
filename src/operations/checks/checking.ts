import { snapshot } from '#lib/batches.ts';
import type { Ctx } from '#lib/ctx.ts';
import { type Finding, type Invariant, quietSnapshot } from '#lib/invariants.ts';

/** What looking at one rule came to. */
export interface RuleResult {
  rule: Invariant;
  findingCount: number;
  /** The first of them. */
  findings: Finding[];
  tookMs: number;
  /** Why it could not be looked at; undefined when it was. */
  leftBecause?: string;
}

/** So many findings of a rule are told one by one, and so many are counted: what is broken is broken by then. */
const mostTold = 100;
const mostCounted = 10_000;

export interface CheckOptions {
  /** How long a rule may wait for a moment between two imports. */
  waitMs?: number;
  /** Rules looked at beside each other. */
  atOnce?: number;
}

/** Looks at what must hold, each rule on a snapshot of its own. Changes nothing; one rule that fails leaves the others. */
export async function checkAll(
  ctx: Ctx,
  rules: readonly Invariant[],
  { waitMs = 120_000, atOnce = 1 }: CheckOptions = {},
): Promise<RuleResult[]> {
  const results: RuleResult[] = [];
  const waiting = [...rules.entries()];
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [at, rule] = next;
      results[at] = await checkRule(ctx, rule, waitMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}

async function checkRule(ctx: Ctx, rule: Invariant, waitMs: number): Promise<RuleResult> {
  const startedAt = performance.now();
  const result = (found: Pick<RuleResult, 'findingCount' | 'findings' | 'leftBecause'>): RuleResult => ({
    rule,
    ...found,
    tookMs: Math.round(performance.now() - startedAt),
  });
  const nothing = { findingCount: 0, findings: [] };
  try {
    if (!rule.betweenBatches) return result(await snapshot(ctx, (snap) => gather(rule.find(snap))));
    const found = await quietSnapshot(ctx, waitMs, (snap) => gather(rule.find(snap)));
    if (found) return result(found.read);
    return result({
      ...nothing,
      leftBecause: '가져오기가 계속 적용되고 있어 보지 못했습니다. 가져오기가 끝나면 다시 점검해 주세요.',
    });
  } catch (error) {
    ctx.log.error({ err: error, rule: rule.name }, 'a check failed');
    return result({
      ...nothing,
      leftBecause: `점검하다 오류가 났습니다(${(error as { code?: string }).code ?? (error as Error).name}).`,
    });
  }
}

async function gather(found: AsyncIterable<Finding>): Promise<{ findingCount: number; findings: Finding[] }> {
  const findings: Finding[] = [];
  let findingCount = 0;
  for await (const finding of found) {
    findingCount += 1;
    if (findings.length < mostTold) findings.push(finding);
    if (findingCount >= mostCounted) break;
  }
  return { findingCount, findings };
}
