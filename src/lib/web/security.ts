import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';

/** Response headers that narrow what a page may do. Nothing inline runs: neither scripts nor styles. */
export function securityHeaders({ https }: { https: boolean }): RequestHandler {
  const common = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        scriptSrcAttr: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'], // Bootstrap draws its arrows and ticks as data: images
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: https && { maxAge: year, includeSubDomains: true },
    referrerPolicy: { policy: 'same-origin' }, // 'no-referrer' would make the Origin of our own forms "null"
    xFrameOptions: { action: 'deny' },
  });
  return (req, res, next) => {
    res.setHeader('Permissions-Policy', permissionsPolicy);
    common(req, res, next);
  };
}

const year = 365 * 24 * 60 * 60;

/** What no page of ours asks a browser for, nor a script that got into one. Browsers complain of names they do not know. */
const unused = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
];
const permissionsPolicy = unused.map((name) => `${name}=()`).join(', ');

/** Pages are asked for and forms are sent. Whatever else HTTP knows is of no use here, and answered by no route. */
export const onlyPagesAndForms: RequestHandler = (req, res, next) => {
  if (!methods.includes(req.method)) return void res.status(405).set('Allow', methods.join(', ')).end();
  if (!req.path.startsWith('/')) return void res.status(400).end(); // `GET *` is HTTP and names nothing
  next();
};

const methods = ['GET', 'HEAD', 'POST'];

/** Pages show personal data: no cache keeps them. */
export const noStore: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};

/** Lets one page name sources of others, beside what every page may. Call it before the page is rendered. */
export function allowSources(res: Response, sources: Readonly<Record<string, string>>): void {
  res.set('Content-Security-Policy', widened(String(res.get('Content-Security-Policy')), sources));
}

/** A policy with sources added to its directives; one that it lacks is added. */
export function widened(policy: string, sources: Readonly<Record<string, string>>): string {
  const directives = new Map(
    policy.split(';').map((directive) => {
      const [name = '', ...values] = directive.trim().split(/\s+/);
      return [name, values] as const;
    }),
  );
  for (const [name, source] of Object.entries(sources)) {
    directives.set(name, [...(directives.get(name) ?? []), source]);
  }
  return [...directives].map(([name, values]) => [name, ...values].join(' ')).join(';');
}
