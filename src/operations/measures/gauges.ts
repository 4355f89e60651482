import { Counter, Gauge, type Registry } from 'prom-client';

/** A number that is set anew at each reading, and is not told while nobody knows it. */
export function gauge<Label extends string = never>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
): Gauge<Label> {
  const made = new Gauge<Label>({ name, help, labelNames, registers: [registry] });
  if (labelNames.length === 0) made.remove(); // until it is known
  return made;
}

/** A number that somebody else counts up. */
export function counted(registry: Registry, name: string, help: string) {
  const made = new Counter({ name, help, registers: [registry] });
  return {
    /** What they have come to. */
    is(value: number): void {
      made.reset();
      made.inc(value);
    },
  };
}
