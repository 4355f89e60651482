import { type Request, Router } from 'express';
import { allow } from '#accounts';
import { Refusal } from '#lib/errors.ts';
import { type ListDefinition, offsetOf, readListQuery, withinTotal } from '#lib/lists.ts';
import type { JobDefinition } from '#lib/module.ts';
import { below } from './health.ts';
import { discardJobs, retryJobs, runNow } from './job-acts.ts';
import { listJobs } from './job-list.ts';
import { lastRuns } from './job-runs.ts';
import { type JobState, jobStates, readQueue } from './queue-state.ts';
import { listSchedule } from './schedule.ts';

const stateWords: Record<JobState, string> = {
  failed: '실패',
  active: '진행 중',
  waiting: '대기',
  delayed: '다시 시도 예정',
  completed: '끝남',
};

/** The first tab is that of what needs somebody. */
const jobList: ListDefinition = {
  sorts: [],
  defaultSort: { key: 'at', dir: 'desc' },
  filters: { state: ['active', 'waiting', 'delayed', 'completed', 'schedule'], job: 'text' },
};

/** The jobs of these definitions: what waits, runs, and has failed. */
export function jobRoutes(definitions: readonly JobDefinition[]): Router {
  const routes = Router();

  routes.get('/', allow('operations.view'), async (req, res) => {
    const { redis, queue } = below(req.ctx);
    const asked = readListQuery(req.query, jobList);
    const schedule = await listSchedule(queue, definitions, await lastRuns(redis, req.ctx.config));
    const { counts } = await readQueue(queue, req.ctx.now().getTime());
    const delayed = await listJobs(queue, 'delayed', definitions);
    const tabs = [
      ...jobStates.map((state) => ({
        value: state === 'failed' ? '' : state,
        label: stateWords[state],
        count: state === 'delayed' ? delayed.length : counts[state],
      })),
      { value: 'schedule', label: '정기 작업', count: schedule.length },
    ];
    const mayAct = req.ctx.actor.permissions.has('operations.jobs');
    if (asked.filters.state === 'schedule')
      return res.render('operations/schedule', { query: asked, tabs, schedule, mayAct, now: req.ctx.now() });

    const state = (asked.filters.state || 'failed') as JobState;
    const all = state === 'delayed' ? delayed : await listJobs(queue, state, definitions);
    const jobs = all
      .filter(({ name }) => !asked.filters.job || name === asked.filters.job)
      .filter(({ title, reason, subject }) => `${title} ${reason} ${subject?.label}`.includes(asked.q));
    const query = withinTotal(asked, jobs.length);
    const from = offsetOf(query);
    res.render('operations/jobs', {
      query,
      tabs,
      state,
      total: jobs.length,
      jobs: jobs.slice(from, from + query.size),
      names: definitions.map(({ name, title }) => ({ value: name, label: title ?? name })),
      mayAct: mayAct && state === 'failed',
      now: req.ctx.now(),
    });
  });

  routes.post('/retry', allow('operations.jobs'), async (req, res) => {
    const done = await retryJobs(req.ctx, idsOf(req));
    if (done > 0) req.flash('success', `작업 ${done}개를 다시 실행합니다.`);
    else req.flash('info', '이미 다른 사람이 처리했습니다.');
    res.redirect(303, '/admin/jobs');
  });

  routes.post('/discard', allow('operations.jobs'), async (req, res) => {
    const done = await discardJobs(req.ctx, idsOf(req));
    if (done > 0) req.flash('success', `작업 ${done}개를 버렸습니다.`);
    else req.flash('info', '이미 다른 사람이 처리했습니다.');
    res.redirect(303, '/admin/jobs');
  });

  routes.post('/run', allow('operations.jobs'), async (req, res) => {
    const { title, name } = await runNow(req.ctx, definitions, String(req.body?.name ?? ''));
    req.flash('success', `‘${title ?? name}’ 작업을 시작했습니다.`);
    res.redirect(303, '/admin/jobs?state=schedule');
  });

  return routes;
}

const mostAtOnce = 500;

/** Ids are the queue's own: numbers, or the name and time of a job that comes round. */
function idsOf(req: Request): string[] {
  const sent = req.body?.ids;
  const ids = (Array.isArray(sent) ? sent : [sent]).filter((id) => /^[\w.:-]{1,120}$/.test(String(id ?? '')));
  if (ids.length === 0) throw new Refusal('작업을 하나 이상 고르세요.');
  if (ids.length > mostAtOnce) throw new Refusal(`한 번에 ${mostAtOnce}개까지 고를 수 있습니다.`);
  return ids.map(String);
}
