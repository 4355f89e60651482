import express, { type Express, type Request, type RequestHandler } from 'express';
import { identify, keepSignedIn, showHeld } from '#accounts';
import { createMetrics, type Metrics } from '#lib/metrics.ts';
import type { AppModule } from '#lib/module.ts';
import { pageTeller } from '#lib/pace.ts';
import type { Runtime } from '#lib/runtime.ts';
import { viewEngine, viewsDirectory } from '#lib/views.ts';
import { assets } from '#lib/web/assets.ts';
import { csrf } from '#lib/web/csrf.ts';
import { errorPages, notFound } from '#lib/web/errors.ts';
import { openPageAbove } from '#lib/web/form-addresses.ts';
import { health } from '#lib/web/health.ts';
import { keepLateForms } from '#lib/web/kept-forms.ts';
import { pages } from '#lib/web/pages.ts';
import { tellOfOutage } from '#lib/web/redis-outage.ts';
import { anonymous } from '#lib/web/request.ts';
import { nameInLog, requestLog } from '#lib/web/request-log.ts';
import { measureRequests } from '#lib/web/request-metrics.ts';
import { routeNamer } from '#lib/web/route-names.ts';
import { listRoutes } from '#lib/web/route-table.ts';
import { noStore, onlyPagesAndForms, securityHeaders } from '#lib/web/security.ts';
import { isPassive, sessions } from '#lib/web/sessions.ts';
import { openSight } from '#personal';

export interface WebApp {
  app: Express;
  /** What names the person behind a request; the live channel goes through it too. */
  handshake: RequestHandler[];
}

/** Builds the web application: every request goes through these steps from top to bottom. */
export function createApp(
  runtime: Runtime,
  modules: readonly AppModule[],
  metrics: Metrics = createMetrics(),
): WebApp {
  const { config, redis, log } = runtime;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', readTrust(config.trustProxy));
  app.engine('eta', viewEngine);
  app.set('view engine', 'eta');
  app.set('views', viewsDirectory);
  app.set('modules', modules);

  const identity = identify(modules);
  const handshake = [
    asExpress(app),
    openContext(runtime),
    tellOfOutage(redis),
    sessions(runtime),
    ...identity,
  ];
  const routeOf = routesOf(app);

  app.use(measureRequests(metrics, routeOf));
  app.use(securityHeaders({ https: config.cookieSecure }));
  app.use(health(runtime), assets());
  app.use(requestLog(log, routeOf), noStore, onlyPagesAndForms, tellOfPages(runtime));
  app.use(...handshake, keepSignedIn(identity), nameInLog(routeOf), openSight);
  app.use(express.urlencoded({ extended: false, limit: '1mb', parameterLimit: 5000 }), emptyBody);
  app.use(pages(modules), keepLateForms, csrf, showHeld, openPageAbove);

  app.get('/', landing(modules));
  for (const { path, router } of modules.flatMap((module) => module.routes ?? [])) app.use(path, router);

  app.use(notFound);
  app.use(errorPages);
  return { app, handshake };
}

/** Names the route of a request, when all of them are there. */
function routesOf(app: Express): (req: Request) => string {
  let nameOf: ReturnType<typeof routeNamer> | undefined;
  return (req) => {
    nameOf ??= routeNamer(listRoutes(app));
    return nameOf(req.originalUrl.split('?')[0]!);
  };
}

/** The handshake of a socket comes here without Express, and must find the same address behind the proxies. */
function asExpress(app: Express): RequestHandler {
  return (req, _res, next) => {
    if (!('app' in req)) Object.setPrototypeOf(req, app.request);
    next();
  };
}

/** Background work holds back while people ask for pages; a page that follows an import must not slow it down. */
function tellOfPages({ redis, config }: Runtime): RequestHandler {
  const tell = pageTeller(redis, config.redisPrefix);
  return (req, _res, next) => {
    if (!isPassive(req)) tell();
    next();
  };
}

/** Whoever sends no form, or something else than one, has filled in nothing. */
const emptyBody: RequestHandler = (req, _res, next) => {
  req.body ??= {};
  next();
};

function openContext(runtime: Runtime): RequestHandler {
  return (req, _res, next) => {
    req.ctx = runtime.ctxFor(anonymous, req.id === undefined ? undefined : String(req.id));
    next();
  };
}

/** The first place of the menu this person may go to. */
function landing(modules: readonly AppModule[]): RequestHandler {
  return (req, res) => {
    if (!req.user) return res.redirect(303, '/sign-in');
    const first = modules
      .flatMap((module) => module.menu ?? [])
      .find(({ permission }) => req.ctx.actor.permissions.has(permission));
    res.redirect(303, first?.href ?? '/account');
  };
}

/** A number of hops or a list of addresses, as Express takes them. */
function readTrust(setting: string | undefined): boolean | number | string {
  if (setting === undefined || setting === 'false') return false;
  return /^\d+$/.test(setting) ? Number(setting) : setting;
}
