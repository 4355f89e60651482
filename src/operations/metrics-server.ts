import { createServer, type Server } from 'node:http';
import type { Logger } from 'pino';
import type { Config } from '#lib/config.ts';
import type { Metrics } from '#lib/metrics.ts';

const againAfterMs = 10_000;

/**
 * Answers Prometheus on a port of its own. A port that is taken keeps nobody from working: it is asked for again until
 * it is free, and Prometheus misses us meanwhile.
 */
export function serveMetrics(
  { host, port }: NonNullable<Config['metrics']>,
  metrics: Metrics,
  refresh: () => Promise<void>,
  log: Logger,
): { close(): Promise<void> } {
  let reading: Promise<void> | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  /** Those who ask at the same time are told the same. */
  const fresh = () => {
    reading ??= refresh().finally(() => {
      reading = undefined;
    });
    return reading;
  };

  const server: Server = createServer((req, res) => {
    if (req.method !== 'GET' || req.url !== '/metrics') return void res.writeHead(404).end();
    fresh()
      .then(() => metrics.registry.metrics())
      .then(
        (text) => res.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text),
        (error) => {
          log.error({ err: error }, 'metrics could not be read');
          res.writeHead(500).end();
        },
      );
  });
  server.on('error', (error) => {
    log.error({ err: error, port }, 'metrics are not served');
    if (!closed) timer = setTimeout(listen, againAfterMs).unref();
  });
  server.on('listening', () => log.info({ host, port }, 'metrics are served'));
  const listen = () => void server.listen(port, host);
  listen();

  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
