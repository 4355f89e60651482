import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectFolder } from './folders.ts';
import type { TestEvent } from './test-tally.ts';

const bin = import.meta.dirname;

/** Sent when a file has ended and cleared away. */
export interface LaneIsFree {
  type: 'lane:free';
  megabytes: number;
}

/**
 * A process that runs test files one after another. What they all load is loaded once and stays warm: a process for
 * each file took half as much time again.
 */
export class TestLane implements Disposable {
  private child: ChildProcess | undefined;
  private readonly enoughMegabytes: number;

  /** What files leave behind adds up; a process that has grown beyond this makes room for another. */
  constructor(enoughMegabytes = 800) {
    this.enoughMegabytes = enoughMegabytes;
  }

  /** What node's runner says of the tests of a file. Another process takes over when this one dies of a file or hangs. */
  async run(file: string, longest: number): Promise<TestEvent[]> {
    const child = this.child?.connected ? this.child : start();
    this.child = child;
    const events: TestEvent[] = [];
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    let hangs = false;
    let megabytes: number | undefined;
    let isReported = false;

    const take = (event: TestEvent | LaneIsFree) => {
      if (isEndOfFile(event)) {
        megabytes = event.megabytes;
      } else if (isOfFile(event, file)) {
        isReported = event.type !== 'test:start';
        const failed = event.data.details?.error?.failureType;
        if (failed && failed !== 'subtestsFailed') events.push(event);
      } else {
        events.push(outdented(event));
      }
      if (megabytes !== undefined && isReported) end();
    };
    const write = (text: string) => events.push({ type: 'test:stdout', data: { message: text } });
    const die = (code: number | null, signal: string | null) => {
      const cause = hangs ? 'it did not end in time' : `its process ended (${signal ?? code})`;
      const details = { type: 'test', error: { failureType: 'testCodeFailure', cause } };
      events.push({ type: 'test:fail', data: { name: file, nesting: 0, details } });
      this.child = undefined;
      end();
    };
    const alarm = setTimeout(() => {
      hangs = true;
      child.kill('SIGKILL');
    }, longest);

    child.on('message', take).once('close', die);
    child.stdout!.on('data', write);
    child.stderr!.on('data', write);
    child.send(file);
    await over;
    clearTimeout(alarm);
    child.off('message', take).off('close', die);
    child.stdout!.off('data', write);
    child.stderr!.off('data', write);
    if (megabytes !== undefined && megabytes > this.enoughMegabytes) this[Symbol.dispose]();
    return events;
  }

  [Symbol.dispose](): void {
    if (this.child?.connected) this.child.disconnect();
    this.child = undefined;
  }
}

const isEndOfFile = (event: TestEvent | LaneIsFree): event is LaneIsFree => event.type === 'lane:free';

/** The file is a suite to node's runner. */
function outdented(event: TestEvent): TestEvent {
  return { ...event, data: { ...event.data, nesting: (event.data.nesting ?? 1) - 1 } };
}

function isOfFile({ data: { name, nesting } }: TestEvent, file: string): boolean {
  return nesting === 0 && name === file;
}

function start(): ChildProcess {
  const reporter = pathToFileURL(join(bin, 'test-lane-reporter.ts')).href;
  const child = spawn(process.execPath, [`--test-reporter=${reporter}`, join(bin, 'test-lane-process.ts')], {
    cwd: projectFolder,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.stdout!.setEncoding('utf8');
  child.stderr!.setEncoding('utf8');
  return child;
}
