import { inspect } from 'node:util';

/** What node's runner reports of one file, as far as it is read here. */
export interface TestEvent {
  type: string;
  data: {
    name?: string;
    nesting?: number;
    message?: string;
    skip?: string | boolean;
    todo?: string | boolean;
    details?: { type?: string; error?: { failureType?: string; cause?: unknown; message?: string } };
  };
}

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** One text for each failure: where it stands and what was thrown. */
  failures: string[];
}

export function addTallies(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, one) => sum + one.passed, 0),
    failed: tallies.reduce((sum, one) => sum + one.failed, 0),
    skipped: tallies.reduce((sum, one) => sum + one.skipped, 0),
    failures: tallies.flatMap((one) => one.failures),
  };
}

/**
 * Counts the tests of one file. Tests that only hold others are not counted; a file that crashes, hangs or
 * holds no test is one failure; what was cancelled has failed.
 */
export function tallyFile(path: string, events: readonly TestEvent[]): Tally {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0, failures: [] };
  const names: string[] = [];
  const holdsOthers: boolean[] = [];
  const output: string[] = [];

  for (const { type, data } of events) {
    const { name = '', nesting = 0, details = {} } = data;
    if (type === 'test:stdout' || type === 'test:stderr') output.push(data.message ?? '');
    if (type === 'test:start') names.splice(nesting, Infinity, name);
    if (type !== 'test:pass' && type !== 'test:fail') continue;

    const isLeaf = !holdsOthers[nesting + 1] && details.type !== 'suite';
    holdsOthers[nesting + 1] = false;
    holdsOthers[nesting] = true;
    const isFile = nesting === 0 && name === path;

    if (data.skip !== undefined || data.todo !== undefined) tally.skipped += isLeaf ? 1 : 0;
    else if (type === 'test:pass' && isFile) fail([], 'this file holds no test');
    else if (type === 'test:pass') tally.passed += isLeaf ? 1 : 0;
    else if (details.error?.failureType !== 'subtestsFailed')
      fail(isFile ? [] : names.slice(0, nesting + 1), reasonOf(details.error));
  }
  if (tally.passed + tally.failed + tally.skipped === 0) fail([], 'this file holds no test');
  if (tally.failed > 0 && output.length > 0) tally.failures.push(`${path} wrote:\n${output.join('')}`);
  return tally;

  function fail(where: readonly string[], why: string): void {
    tally.failed += 1;
    tally.failures.push(`${[path, ...where].join(' > ')}\n${why}`);
  }
}

/** Why a test failed, as a text for people. */
export function reasonOf(
  error: { failureType?: string; cause?: unknown; message?: string } | undefined,
): string {
  const cause = error?.cause;
  if (error?.failureType === 'testAborted') return 'it did not end in time, or the run was stopped';
  if (cause instanceof Error) return cause.stack ?? cause.message;
  return typeof cause === 'string' ? cause : (error?.message ?? inspect(cause));
}
