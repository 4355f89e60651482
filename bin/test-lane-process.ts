import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { suite } from 'node:test';
import { projectFolder } from './folders.ts';
import type { TestEvent } from './test-tally.ts';

// Runs the test files it is sent, one after another in this one process, each as a suite of its own. What a file
// registers belongs to the suite in which it is evaluated, so it is evaluated at once: a file that waits for something
// at its top cannot be required, and fails.

const require = createRequire(import.meta.url);

process.on('message', (file: string) => {
  void suite(file, () => void require(resolve(projectFolder, file)));
});
process.on('disconnect', () => process.exit());
process.on('uncaughtException', tellWhenNoTestIsBlamed);
process.on('unhandledRejection', tellWhenNoTestIsBlamed);

/** Node's runner blames the test that is running; what comes after its end only sets the exit code. */
function tellWhenNoTestIsBlamed(error: unknown): void {
  setImmediate(() => {
    if (!process.exitCode) return;
    process.exitCode = undefined;
    const cause = `after the end of a test: ${(error as Error)?.stack ?? error}`;
    const details = { type: 'test', error: { failureType: 'uncaughtException', cause } };
    const event: TestEvent = { type: 'test:fail', data: { name: 'afterwards', nesting: 1, details } };
    process.send?.(event);
  });
}
