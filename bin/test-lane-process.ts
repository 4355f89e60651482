import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { suite } from 'node:test';
import { projectFolder } from './folders.ts';
import type { LaneIsFree } from './test-lane.ts';
import type { TestEvent } from './test-tally.ts';

// Runs the test files it is sent, one after another in this one process, each as a suite of its own. What a file
// registers belongs to the suite in which it is evaluated, so it is evaluated at once: a file that waits for something
// at its top cannot be required, and fails.

const require = createRequire(import.meta.url);

process.on('message', async (file: string) => {
  const before = serversOpen();
  await suite(file, () => void require(resolve(projectFolder, file)));
  if (!(await comesTo(before))) blame('the file', 'it left a server open');
  const megabytes = Math.round(process.memoryUsage.rss() / 1024 ** 2);
  process.send?.({ type: 'lane:free', megabytes } satisfies LaneIsFree);
});
process.on('disconnect', () => process.exit());
process.on('uncaughtException', tellWhenNoTestIsBlamed);
process.on('unhandledRejection', tellWhenNoTestIsBlamed);

/** Node's runner blames the test that is running; what comes after its end only sets the exit code. */
function tellWhenNoTestIsBlamed(error: unknown): void {
  setImmediate(() => {
    if (!process.exitCode) return;
    process.exitCode = undefined;
    blame('what came after a test', String((error as Error)?.stack ?? error));
  });
}

function blame(name: string, cause: string): void {
  const details = { type: 'test', error: { failureType: 'testCodeFailure', cause } };
  process.send?.({ type: 'test:fail', data: { name, nesting: 1, details } } satisfies TestEvent);
}

const serversOpen = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;

/** Each file is to close what it opened; the last of it may take a moment. */
async function comesTo(before: number): Promise<boolean> {
  for (let tries = 0; serversOpen() > before; tries++) {
    if (tries === 40) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}
