import { Counter, Gauge, type Registry } from 'prom-client';
import { type OutsideOutcome, outsides } from '#lib/outside.ts';

/** How others' servers do, as this process has met them. */
export function measureOutside(registry: Registry): void {
  new Counter({
    name: 'moa_outside_requests_total',
    help: 'Requests to servers of others, by what became of them.',
    labelNames: ['name', 'outcome'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { name, counts } of outsides()) {
        for (const [outcome, n] of Object.entries(counts) as [OutsideOutcome, number][])
          this.inc({ name, outcome: outcome.replaceAll(' ', '_') }, n);
      }
    },
  });
  new Gauge({
    name: 'moa_outside_down',
    help: '1 while nobody asks a server of others, because it failed again and again.',
    labelNames: ['name'],
    registers: [registry],
    collect() {
      this.reset();
      for (const one of outsides()) this.set({ name: one.name }, one.isDown() ? 1 : 0);
    },
  });
}
