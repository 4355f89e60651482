import type { Redis } from 'ioredis';
import { systemActor } from '#lib/ctx.ts';
import { measureDb } from '#lib/db-metrics.ts';
import type { LiveObserver } from '#lib/live.ts';
import { createMetrics, type Metrics, measureProcess } from '#lib/metrics.ts';
import type { JobObserver } from '#lib/queue.ts';
import type { Runtime } from '#lib/runtime.ts';
import { startBeating } from './heartbeats.ts';
import { type JobOutcome, keepRun } from './job-runs.ts';
import { gauge } from './measures/gauges.ts';
import { measureShared } from './measures.ts';
import { serveMetrics } from './metrics-server.ts';
import { type ProcessInfo, processInfo } from './process-info.ts';

/** One of our processes, looked after. */
export interface Watching {
  metrics: Metrics;
  jobs: JobObserver;
  sockets: LiveObserver;
  close(): Promise<void>;
}

/** Lets others see how this process does: it says that it lives, and serves its metrics where a port is set. */
export async function watchProcess(runtime: Runtime, kind: ProcessInfo['kind']): Promise<Watching> {
  const { config, db, redis, log } = runtime;
  const metrics = createMetrics();
  const info = processInfo(kind, new Date());
  measureDb(db, metrics, log);
  measureErrors(redis, metrics);
  tellWho(metrics, info, config.slot?.name ?? '');
  const heart = await startBeating(runtime, info);
  const served = config.metrics && serve(runtime, kind, metrics);
  return {
    metrics,
    jobs: {
      worked: (job, stage, rows) => metrics.jobs.rows.inc({ name: job, stage }, rows),
      ended: (job, outcome, seconds) => {
        metrics.jobs.duration.observe({ name: job, outcome }, seconds);
        tellRun(runtime, job, outcome, seconds);
      },
      stalled: () => metrics.jobs.stalled.inc(),
    },
    sockets: {
      opened: () => metrics.sockets.open.inc(),
      closed: (reason) => {
        metrics.sockets.open.dec();
        metrics.sockets.closed.inc({ reason });
      },
      reconnected: (seconds) => metrics.sockets.reconnect.observe(seconds),
      told: (seconds) => metrics.sockets.delay.observe(seconds),
    },
    async close() {
      await served?.close();
      await heart.close();
    },
  };
}

/** For the schedule; a Redis that is away keeps no job from having ended. */
function tellRun({ redis, config, log }: Runtime, job: string, outcome: JobOutcome, seconds: number): void {
  keepRun(redis, config, job, { at: Date.now(), seconds, outcome }).catch((error) =>
    log.warn({ err: error, job }, 'the end of a job was not kept'),
  );
}

/** The worker of an installation, or of a slot, stands beside its web server: one port further. */
function serve(runtime: Runtime, kind: ProcessInfo['kind'], metrics: Metrics) {
  const { host, port } = runtime.config.metrics!;
  measureProcess(metrics);
  const { refresh } = measureShared(runtime.ctxFor(systemActor), metrics);
  return serveMetrics({ host, port: kind === 'worker' ? port + 1 : port }, metrics, refresh, runtime.log);
}

function measureErrors(redis: Redis, { redis: of }: Metrics): void {
  redis.on('error', () => of.errors.inc());
}

function tellWho({ registry }: Metrics, { kind, version, host }: ProcessInfo, slot: string): void {
  gauge(registry, 'moa_process_info', 'Which process this is.', ['kind', 'version', 'host', 'slot']).set(
    { kind, version, host, slot },
    1,
  );
}
