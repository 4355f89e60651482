import { pathToFileURL } from 'node:url';
import { CannotBeDone, type Drill, isMissed, type Measure } from './drill.ts';
import { openLab } from './lab.ts';
import { openLoopback } from './zones.ts';

/** Runs one drill in this process: `run-drill.ts NAME FILE [--quick] [--lines=1000]`. The last line is JSON. */
const [name, file, ...args] = process.argv.slice(2) as [string, string, ...string[]];
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
process.exit(await runDrill());

async function runDrill(): Promise<number> {
  const { default: drill } = (await import(pathToFileURL(file).href)) as { default: Drill };
  const startedAt = performance.now();
  const lab = openLab(name, args);
  try {
    if (drill.ownNetwork) openLoopback();
    const measures = patient(await drill.run(lab), lab.option('slack', 1));
    const ok = measures.length > 0 && !measures.some(isMissed);
    for (const measure of measures) process.stdout.write(`${lineOf(measure)}\n`);
    if (!ok) lab.keepFolder();
    tell({ ok, measures, ...(ok ? {} : { logs: lab.folder }) });
    return ok ? 0 : 1;
  } catch (error) {
    if (error instanceof CannotBeDone) {
      tell({ skipped: error.message });
      return 0;
    }
    lab.keepFolder();
    process.stderr.write(`${(error as Error).stack}\n`);
    tell({ ok: false, error: (error as Error).message, logs: lab.folder });
    return 1;
  } finally {
    await lab[Symbol.asyncDispose]();
  }

  function tell(result: object): void {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    process.stdout.write(`${JSON.stringify({ drill: name, seconds, ...result })}\n`);
  }
}

/** Where much else goes on, as in bin/test, what counts is that all came back and nothing was lost. */
function patient(measures: readonly Measure[], slack: number): readonly Measure[] {
  return measures.map((measure) =>
    measure.unit === 's' && measure.atMost !== undefined
      ? { ...measure, atMost: measure.atMost * slack }
      : measure,
  );
}

function lineOf(measure: Measure): string {
  const { what, value, unit = '', atMost, atLeast } = measure;
  const bar = [atMost !== undefined && `≤ ${atMost}`, atLeast !== undefined && `≥ ${atLeast}`].filter(
    Boolean,
  );
  const shown = `${Math.round(value * 1000) / 1000} ${unit}`.trimEnd();
  return `  ${isMissed(measure) ? '✗' : '✓'} ${what}: ${shown}${bar.length > 0 ? ` (${bar.join(', ')})` : ''}`;
}
