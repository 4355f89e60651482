import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';

/**
 * Gives each request an id and one log line with who asked for which route. Neither search text nor form fields get
 * into the log: they hold personal data. Nor do one-time links.
 */
export function requestLog(log: Logger, routeOf: (req: Request) => string): RequestHandler {
  return pinoHttp({
    logger: log,
    quietReqLogger: true,
    genReqId: (req, res) => {
      const id = saneId(req.headers['x-request-id']) ?? randomUUID();
      res.setHeader('x-request-id', id);
      return id;
    },
    autoLogging: { ignore: (req) => /^\/(assets|vendor|healthz|readyz)(\/|$)/.test(req.url ?? '') },
    customAttributeKeys: { reqId: 'requestId' },
    customLogLevel: (_req, res) => (res.statusCode >= 500 ? 'error' : 'info'),
    customProps: (req) => ({
      userId: (req as { ctx?: { actor: { id: number } } }).ctx?.actor.id,
      route: routeOf(req as unknown as Request),
    }),
    customSuccessMessage: () => 'request',
    customErrorMessage: () => 'request',
    customErrorObject: (_req, _res, _error, line) => ({ ...line, err: undefined }), // errors.ts logs it whole
    wrapSerializers: false,
    serializers: {
      req: (req: { method: string; originalUrl?: string; url: string }) => ({
        method: req.method,
        path: withoutWords(withoutKeys((req.originalUrl ?? req.url).split('?')[0]!)),
      }),
      res: (res: { statusCode: number }) => ({ status: res.statusCode }),
    },
  }) as unknown as RequestHandler;
}

/** Whatever is told while a request is answered carries who asked and for which route. */
export function nameInLog(routeOf: (req: Request) => string): RequestHandler {
  return (req, _res, next) => {
    const log = req.ctx.log.child({ userId: req.ctx.actor.id, route: routeOf(req) });
    req.ctx.log = log;
    req.log = log;
    next();
  };
}

/** A long random part of an address opens something: whoever reads the log must not. */
export function withoutKeys(path: string): string {
  return path.replace(/\/[\w-]{40,}(?=\/|$)/g, '/…');
}

/** Our own addresses are plain; what is escaped in one, somebody has typed there: a name, perhaps. */
function withoutWords(path: string): string {
  return path
    .replace(/(%[0-9a-f]{0,2})+/gi, '…')
    .replace(/[^\x21-\x7e…]+/g, '…')
    .replace(/\d{7,}/g, '…');
}

function saneId(id: string | string[] | undefined): string | undefined {
  return typeof id === 'string' && /^[\w.-]{8,64}$/.test(id) ? id : undefined;
}
