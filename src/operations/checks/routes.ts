import { Router } from 'express';
import { allow } from '#accounts';
import type { Invariant } from '#lib/invariants.ts';
import { idOf } from '#lib/web/request.ts';
import { type CheckRun, findCheck, latestCheck, listChecks } from './runs.ts';

/** What the checks of what must hold have come to. */
export function checkRoutes(rules: readonly Invariant[]): Router {
  const routes = Router();

  routes.get('/', allow('operations.view'), async (req, res) => {
    const latest = await latestCheck(req.ctx);
    res.render('operations/checks', await page(latest?.id, req.ctx));
  });

  routes.get('/:id', allow('operations.view'), async (req, res) => {
    res.render('operations/checks', await page(idOf(req), req.ctx));
  });

  routes.post('/run', allow('operations.jobs'), async (req, res) => {
    await req.ctx.jobs.add('checks.run', { askedBy: 'person' }, 'checks.run');
    req.flash('info', '점검을 시작했습니다. 주문이 많으면 몇 분 걸립니다. 끝나면 이 화면에 나옵니다.');
    res.redirect(303, '/admin/checks');
  });

  async function page(id: number | undefined, ctx: Parameters<typeof findCheck>[0]) {
    const runs = await listChecks(ctx);
    const found = id === undefined ? undefined : await findCheck(ctx, id);
    const isWithheld = ctx.actor.scope !== 'all';
    return {
      runs,
      isWithheld,
      isRunning: isRunning(runs, ctx.now()),
      run: found?.run,
      rules: found ? told(found) : [],
    };
  }

  /** Rules with findings first, then those that were left, then the rest; a rule that is no more keeps its name. */
  function told({ results, findings }: Awaited<ReturnType<typeof findCheck>>) {
    const rank = (one: (typeof results)[number]) => (one.finding_count > 0 ? 0 : one.left_because ? 1 : 2);
    const place = (name: string) => rules.findIndex((rule) => rule.name === name);
    return results
      .sort((a, b) => rank(a) - rank(b) || place(a.rule) - place(b.rule))
      .map((one) => ({
        ...one,
        sentence: rules.find(({ name }) => name === one.rule)?.sentence ?? one.rule,
        findings: findings.filter(({ rule }) => rule === one.rule),
      }));
  }

  return routes;
}

const longestRunMs = 60 * 60_000;

function isRunning([newest]: readonly CheckRun[], now: Date): boolean {
  return newest?.ended_at === null && now.getTime() - newest.started_at.getTime() < longestRunMs;
}
