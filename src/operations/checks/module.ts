import type { Invariant } from '#lib/invariants.ts';
import type { AppModule } from '#lib/module.ts';
import { checkRoutes } from './routes.ts';
import { checkAndKeep } from './runs.ts';

/** Looks each night whether what all modules declare to hold does. */
export function checks(rules: readonly Invariant[]): AppModule {
  return {
    name: 'checks',
    permissions: [],
    routes: [{ path: '/admin/checks', router: checkRoutes(rules) }],
    jobs: [
      {
        name: 'checks.run',
        title: '자료 점검',
        run: async (ctx, { askedBy }) =>
          void (await checkAndKeep(ctx, rules, askedBy === 'person' ? 'person' : 'schedule')),
        repeat: '20 5 * * *', // after the night's destroying and back-up
      },
    ],
  };
}
