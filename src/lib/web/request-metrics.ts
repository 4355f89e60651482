import type { Request, RequestHandler } from 'express';
import type { Metrics } from '#lib/metrics.ts';

/** Times every answer. A browser that went away before it came counts as 499, as nginx says it. */
export function measureRequests({ http }: Metrics, routeOf: (req: Request) => string): RequestHandler {
  return (req, res, next) => {
    const began = performance.now();
    http.inFlight.inc();
    res.once('close', () => {
      http.inFlight.dec();
      const status = res.writableFinished ? res.statusCode : 499;
      http.duration.observe(
        { method: methodOf(req), route: routeOf(req), status },
        (performance.now() - began) / 1000,
      );
    });
    next();
  };
}

/** Anybody may make words up. */
const methodOf = ({ method }: Request) => (['GET', 'HEAD', 'POST'].includes(method) ? method : 'other');
