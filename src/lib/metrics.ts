import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What a process counts and times while it works; `src/operations` adds what is asked for at each reading. */
export type Metrics = ReturnType<typeof createMetrics>;

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10];
const jobSeconds = [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 900];

/** Each process, and each test, has its own. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    http: {
      duration: new Histogram({
        name: 'moa_http_request_duration_seconds',
        help: 'How long answers took, by the template of the route.',
        labelNames: ['method', 'route', 'status'],
        buckets: seconds,
        registers,
      }),
      inFlight: new Gauge({
        name: 'moa_http_requests_in_flight',
        help: 'Requests that have no answer yet.',
        registers,
      }),
    },
    db: {
      duration: new Histogram({
        name: 'moa_db_query_duration_seconds',
        help: 'How long queries took, without the wait for a connection.',
        buckets: seconds,
        registers,
      }),
      slow: new Counter({
        name: 'moa_db_slow_queries_total',
        help: 'Queries of more than half a second; the log has their text without values.',
        registers,
      }),
      errors: new Counter({
        name: 'moa_db_query_errors_total',
        help: 'Queries that failed, by the code of the error.',
        labelNames: ['code'],
        registers,
      }),
      poolWait: new Histogram({
        name: 'moa_db_pool_wait_seconds',
        help: 'How long somebody waited for a connection of the pool.',
        buckets: seconds,
        registers,
      }),
      poolRefused: new Counter({
        name: 'moa_db_pool_refused_total',
        help: 'Waits for a connection that were given up.',
        registers,
      }),
    },
    redis: {
      errors: new Counter({
        name: 'moa_redis_errors_total',
        help: 'Errors of the connection to Redis.',
        registers,
      }),
    },
    jobs: {
      duration: new Histogram({
        name: 'moa_job_duration_seconds',
        help: 'How long jobs ran, by their name and how they ended.',
        labelNames: ['name', 'outcome'],
        buckets: jobSeconds,
        registers,
      }),
      rows: new Counter({
        name: 'moa_job_rows_total',
        help: 'Rows that jobs have worked through, by what was done to them.',
        labelNames: ['name', 'stage'],
        registers,
      }),
      stalled: new Counter({
        name: 'moa_jobs_stalled_total',
        help: 'Jobs whose worker died, and which another took up.',
        registers,
      }),
    },
    sockets: {
      open: new Gauge({ name: 'moa_sockets', help: 'Open sockets of pages.', registers }),
      closed: new Counter({
        name: 'moa_socket_disconnects_total',
        help: 'Sockets that closed, and why.',
        labelNames: ['reason'],
        registers,
      }),
      reconnect: new Histogram({
        name: 'moa_socket_reconnect_seconds',
        help: 'How long pages were without their socket, as they tell it when they are back.',
        buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
        registers,
      }),
      delay: new Histogram({
        name: 'moa_live_delay_seconds',
        help: 'From what happened to a job until it was told to the pages that watch.',
        buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
        registers,
      }),
    },
  };
}

/** Processor, memory, event loop and garbage collection; for a process that serves its metrics. */
export function measureProcess({ registry }: Metrics): void {
  collectDefaultMetrics({ register: registry });
}
