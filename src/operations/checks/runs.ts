import type { Knex } from 'knex';
import { putMany } from '#lib/bulk.ts';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { NotFound } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import type { Invariant } from '#lib/invariants.ts';
import { type CheckOptions, checkAll, type RuleResult } from './checking.ts';

/** A check of everything, as it is kept. */
export interface CheckRun {
  id: number;
  /** `schedule`, `person` or `command`. */
  asked_by: string;
  started_at: Date;
  /** Null while it runs, or when its process died. */
  ended_at: Date | null;
  rule_count: number;
  /** Rules that could not be looked at. */
  left_count: number;
  finding_count: number;
}

export interface KeptResult {
  rule: string;
  finding_count: number;
  took_ms: number;
  left_because: string | null;
}

export interface KeptFinding {
  rule: string;
  words: string;
  href: string;
}

const keptForDays = 90;

/** Checks everything and keeps what came of it, for the page and for whoever watches. */
export async function checkAndKeep(
  ctx: Ctx,
  rules: readonly Invariant[],
  askedBy: 'schedule' | 'person' | 'command',
  options?: CheckOptions,
): Promise<{ run: CheckRun; results: RuleResult[] }> {
  const [id] = await ctx.db('check_runs').insert({ asked_by: askedBy, started_at: ctx.now() });
  const results = await checkAll(ctx, rules, options);
  const sums = {
    rule_count: results.length,
    left_count: results.filter(({ leftBecause }) => leftBecause !== undefined).length,
    finding_count: results.reduce((sum, { findingCount }) => sum + findingCount, 0),
  };
  await transaction(ctx, async (tx) => {
    await keepResults(tx, id!, results);
    await tx
      .db('check_runs')
      .where({ id })
      .update({ ...sums, ended_at: tx.now() });
    await record(tx, 'operations.checked', 'check_run', id!, sums);
  });
  const broken = results.filter(({ findingCount }) => findingCount > 0).map(({ rule }) => rule.name);
  if (broken.length > 0) ctx.log.error({ checkRun: id, broken }, 'what must hold does not');
  else ctx.log.info({ checkRun: id, ...sums }, 'all that must hold was checked');
  await dropOldRuns(ctx);
  const run: CheckRun = await ctx.db('check_runs').where({ id }).first();
  return { run, results };
}

async function keepResults(tx: Ctx, runId: number, results: readonly RuleResult[]): Promise<void> {
  const rows = results.map(({ rule, findingCount, tookMs, leftBecause }) => ({
    run_id: runId,
    rule: rule.name,
    finding_count: findingCount,
    took_ms: tookMs,
    left_because: leftBecause ?? null,
  }));
  await putMany(tx, 'check_results', rows);
  const findings = results.flatMap(({ rule, findings }) =>
    findings.map((one) => ({ rule: rule.name, ...one })),
  );
  await putMany(
    tx,
    'check_findings',
    findings.map(({ rule, words, href }, position) => ({
      run_id: runId,
      position,
      rule,
      words: words.slice(0, 500),
      href,
    })),
  );
}

async function dropOldRuns(ctx: Ctx): Promise<void> {
  const before = new Date(ctx.now().getTime() - keptForDays * 24 * 3600 * 1000);
  const old: number[] = await ctx.db('check_runs').where('started_at', '<', before).limit(100).pluck('id');
  if (old.length === 0) return;
  await transaction(ctx, async (tx) => {
    for (const table of ['check_findings', 'check_results'])
      await tx.db(table).whereIn('run_id', old).delete();
    await tx.db('check_runs').whereIn('id', old).delete();
  });
}

/** The runs the actor may see: findings name orders of all channels. */
function visibleRuns(ctx: Ctx): Knex.QueryBuilder {
  const runs = ctx.db('check_runs');
  return ctx.actor.scope === 'all' ? runs : runs.whereRaw('1 = 0');
}

/** The newest run that came to its end; undefined before the first. */
export async function latestCheck(ctx: Ctx): Promise<CheckRun | undefined> {
  return visibleRuns(ctx).whereNotNull('ended_at').orderBy('id', 'desc').first();
}

export async function findCheck(
  ctx: Ctx,
  id: number,
): Promise<{ run: CheckRun; results: KeptResult[]; findings: KeptFinding[] }> {
  const run: CheckRun | undefined = await visibleRuns(ctx).where({ id }).first();
  if (!run) throw new NotFound('없는 점검입니다.');
  const results: KeptResult[] = await ctx.db('check_results').where({ run_id: id });
  const findings: KeptFinding[] = await ctx
    .db('check_findings')
    .where({ run_id: id })
    .orderBy('position')
    .select('rule', 'words', 'href');
  return { run, results, findings };
}

/** The newest first. */
export async function listChecks(ctx: Ctx, limit = 30): Promise<CheckRun[]> {
  return visibleRuns(ctx).orderBy('id', 'desc').limit(limit);
}
