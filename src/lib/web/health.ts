import { Router } from 'express';
import { isMigrated } from '#lib/migrate.ts';
import type { Runtime } from '#lib/runtime.ts';

/** /healthz: the process lives. /readyz: it can do its work. Both stand before the session. */
export function health({ db, redis, log }: Runtime): Router {
  const checks: Record<string, () => Promise<boolean>> = {
    database: async () => Boolean(await db.raw('select 1')),
    redis: async () => (await redis.ping()) === 'PONG',
    migrations: () => isMigrated(db),
  };

  const router = Router();
  router.get('/healthz', (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ ok: true });
  });
  router.get('/readyz', async (_req, res) => {
    const answers = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        const ok = await withinTwoSeconds(check()).catch((error) => {
          log.warn({ check: name, err: error }, 'not ready');
          return false;
        });
        return [name, ok ? 'ok' : 'failed'] as const;
      }),
    );
    const ok = answers.every(([, answer]) => answer === 'ok');
    res
      .status(ok ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ ok, ...Object.fromEntries(answers) });
  });
  return router;
}

function withinTwoSeconds(check: Promise<boolean>): Promise<boolean> {
  const { promise, reject } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => reject(new Error('no answer within two seconds')), 2000);
  return Promise.race([check, promise]).finally(() => clearTimeout(timer));
}
