import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';

/** Response headers that narrow what a page may do. Nothing inline runs: neither scripts nor styles. */
export function securityHeaders({ https }: { https: boolean }): RequestHandler {
  return helmet({
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
        baseUri: ["'self'"],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: https,
    referrerPolicy: { policy: 'same-origin' }, // 'no-referrer' would make the Origin of our own forms "null"
    xFrameOptions: { action: 'deny' },
  });
}

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
