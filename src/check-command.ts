import { parseArgs } from 'node:util';
import { checkAndKeep } from '#operations';
import type { Command } from './cli.ts';
import { modules } from './modules.ts';

/** `check`: looks at all that must hold; JSON to stdout, words to stderr, 1 when something does not hold or was left. */
export const checkCommand: Command = async (ctx, args, io) => {
  parseArgs({ args, options: {} });
  const rules = modules.flatMap(({ invariants = [] }) => invariants);
  const { run, results } = await checkAndKeep(ctx, rules, 'command', { atOnce: 2 });
  const findings = results.flatMap(({ rule, findings }) =>
    findings.map((one) => ({ rule: rule.name, ...one })),
  );
  const left = results.filter(({ leftBecause }) => leftBecause !== undefined);
  io.stdout.write(
    `${JSON.stringify({
      checkRun: run.id,
      rules: run.rule_count,
      findings: run.finding_count,
      left: run.left_count,
      seconds: Math.round((run.ended_at!.getTime() - run.started_at.getTime()) / 100) / 10,
      found: findings,
    })}\n`,
  );
  for (const { rule, words } of findings) io.stderr.write(`${rule}: ${words}\n`);
  for (const { rule, leftBecause } of left) io.stderr.write(`${rule.name}: ${leftBecause}\n`);
  if (run.finding_count > 0 || run.left_count > 0) return 1;
  io.stderr.write(`규칙 ${run.rule_count}개를 모두 점검했고, 어긋난 것이 없습니다.\n`);
  return 0;
};
