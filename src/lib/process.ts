import { SettingError } from '#lib/errors.ts';

/** Starts the one thing a process does, and ends it in order on Ctrl-C or SIGTERM. */
export async function runProcess(start: () => Promise<{ close(): Promise<void> }>): Promise<void> {
  const running = await startOrSay(start);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);

  function stop(): void {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop); // a second one ends it at once
    running.close().then(
      () => process.exit(0),
      (error) => {
        process.stderr.write(`${error}\n`);
        process.exit(1);
      },
    );
  }
}

/** A wrong setting is a sentence for the person who starts us, not a stack. */
async function startOrSay<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
