import { SettingError } from '#lib/errors.ts';

/** Starts the one thing a process does, and ends it in order on Ctrl-C or SIGTERM. */
export async function runProcess(start: () => Promise<{ close(): Promise<void> }>): Promise<void> {
  const running = await start().catch((error: unknown) => {
    if (!(error instanceof SettingError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      running.close().then(
        () => process.exit(0),
        (error) => {
          process.stderr.write(`${error}\n`);
          process.exit(1);
        },
      );
    });
  }
}
