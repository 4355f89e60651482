import { mkdirSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Logger } from 'pino';

/** Where a process stands that is one of two releases on a host. */
export interface SlotSettings {
  /** `blue` or `green`. */
  name: string;
  /** Which process of the slot it is: `web-1`. */
  instance: string;
  /** Holds a folder of sockets for each slot, and the link `live` to the one that people are sent to. */
  folder: string;
}

/** What a process says of itself to `bin/release`. */
export interface SlotReport {
  pid: number;
  state: SlotState;
  since: string;
}

/** `yielding`: no longer live, and still at work on what it had begun. */
export type SlotState = 'standby' | 'live' | 'yielding';

/** Takes up or lays down the work of a live slot; what it gives back ends when the last of that is done. */
export type Change = (live: boolean) => Promise<{ done: Promise<unknown> } | undefined>;

export interface Slot {
  /** Tells at once how things stand, then at each change. One change waits for the one before. */
  follow(change: Change): Promise<void>;
  close(): void;
}

const lookEveryMs = 200;
const againAfterMs = 1000;

/**
 * A slot is live while the link names it. Nobody has to be told and nothing can be forgotten: whoever moves the link
 * has switched, and a process that starts or comes back finds out by itself.
 */
export function watchSlot(settings: SlotSettings, log: Logger): Slot {
  const reportPath = join(settings.folder, settings.name, `${settings.instance}.json`);
  let timer: NodeJS.Timeout | undefined;
  let live: boolean | undefined;
  let changing: Promise<void> = Promise.resolve();

  function report(state: SlotState): void {
    const text: SlotReport = { pid: process.pid, state, since: new Date().toISOString() };
    mkdirSync(join(settings.folder, settings.name), { recursive: true });
    writeFileSync(`${reportPath}.new`, JSON.stringify(text));
    renameSync(`${reportPath}.new`, reportPath); // whoever reads it finds a whole one
  }

  async function take(change: Change, wanted: boolean): Promise<void> {
    const work = await change(wanted);
    log.info({ slot: settings.name, live: wanted }, wanted ? 'this slot is live' : 'this slot stands by');
    if (!work) return report(wanted ? 'live' : 'standby');
    report('yielding');
    void work.done.then(() => {
      if (live === wanted) report('standby');
    });
  }

  return {
    async follow(change) {
      live = isLive(settings) ?? false;
      await take(change, live);
      let notBefore = 0;
      timer = setInterval(() => {
        const now = performance.now() < notBefore ? undefined : isLive(settings);
        if (now === undefined || now === live) return;
        live = now;
        changing = changing
          .then(() => take(change, now))
          .catch((error) => {
            log.error({ err: error, live: now }, 'the slot could not be changed');
            if (live !== now) return;
            live = undefined; // it is tried again
            notBefore = performance.now() + againAfterMs;
          });
      }, lookEveryMs);
      timer.unref();
    },
    close() {
      clearInterval(timer);
      rmSync(reportPath, { force: true });
    },
  };
}

/** Undefined when nobody can say at the moment: then all stays as it is. */
export function isLive({ folder, name }: Pick<SlotSettings, 'folder' | 'name'>): boolean | undefined {
  try {
    return basename(readlinkSync(join(folder, 'live'))) === name;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? false : undefined;
  }
}
