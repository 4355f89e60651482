import { globSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative, resolve } from 'node:path';
import { Failure, orStop } from './failure.ts';
import { projectFolder } from './folders.ts';
import { TestLane } from './test-lane.ts';
import { type Tally, tallyFile } from './test-tally.ts';

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
 * Runs the files in a few lanes side by side and tells the result of each as it ends. One lane more than there are
 * processors: browsers and servers are waited for a third of the time.
 */
export async function runTestFiles(
  files: readonly string[],
  stop: AbortSignal,
  tell: (file: string, tally: Tally, milliseconds: number) => void,
): Promise<Tally[]> {
  const waiting = longestFirst(files);
  const tallies: Tally[] = [];
  const runLane = async (): Promise<void> => {
    using lane = new TestLane();
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const startedAt = performance.now();
      const tally = tallyFile(file, await orStop(lane.run(file, longestFile), stop));
      tallies.push(tally);
      tell(file, tally, performance.now() - startedAt);
    }
  };
  const lanes = Math.min(files.length, availableParallelism() + 1);
  await Promise.all(Array.from({ length: lanes }, runLane));
  return tallies;
}

/** A long file that begins last would be waited for alone. */
function longestFirst(files: readonly string[]): string[] {
  const isLong = (file: string) =>
    /^tests\/(pages|journeys|rights|downloads|xlsx|drills)\/|browser|crashes/.test(file);
  return [...files.filter(isLong), ...files.filter((file) => !isLong(file))];
}
