import { globSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative, resolve } from 'node:path';
import { run } from 'node:test';
import { Failure } from './failure.ts';
import { projectFolder } from './folders.ts';
import { type Tally, type TestEvent, tallyFile } from './test-tally.ts';

/** A file that takes longer hangs: on an open server, for example. */
const longestFile = 300_000;

/** The test files in the named files and folders, or all there are; paths are as seen from the project. */
export function findTestFiles(wanted: readonly string[]): string[] {
  const places = wanted.length > 0 ? wanted.map((path) => resolve(path)) : [resolve(projectFolder, 'tests')];
  const found = places.flatMap((place) => {
    const stat = statSync(place, { throwIfNoEntry: false });
    if (!stat) throw new Failure(`${place}: 그런 파일이나 폴더가 없습니다.`);
    return stat.isFile()
      ? [place]
      : globSync('**/*.test.ts', { cwd: place }).map((file) => resolve(place, file));
  });
  return [...new Set(found.map((file) => relative(projectFolder, file)))].sort();
}

/**
 * Runs each file in a process of its own and tells the result of each as it ends. One more at a time than there are
 * processors: browsers and servers are waited for a third of the time.
 */
export async function runTestFiles(
  files: readonly string[],
  stop: AbortSignal,
  tell: (file: string, tally: Tally, milliseconds: number) => void,
): Promise<Tally[]> {
  const waiting = [...files];
  const tallies: Tally[] = [];
  const runNext = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined && !stop.aborted; file = waiting.shift()) {
      const startedAt = performance.now();
      const tally = tallyFile(file, await runTestFile(file, stop));
      tallies.push(tally);
      tell(file, tally, performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, runNext));
  return tallies;
}

async function runTestFile(file: string, stop: AbortSignal): Promise<TestEvent[]> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(longestFile)]);
  const events: TestEvent[] = [];
  const reported = run({ files: [file], cwd: projectFolder, signal, concurrency: 1 });
  for await (const event of reported as AsyncIterable<TestEvent>) events.push(event);
  return events;
}
