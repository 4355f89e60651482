import { readRows } from '#lib/xlsx/index.ts';
import type { Outcome } from './alone.ts';

// Reads the files it is sent, one at a time, and says what came of each and how much memory it has taken at most.
process.on('message', async (path: string) => {
  let rows = 0;
  let refusal: Outcome['refusal'];
  try {
    for await (const _ of readRows(path)) rows += 1;
  } catch (error) {
    const { name, message } = error as Error;
    refusal = { name, message };
  }
  const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  process.send?.({ rows, refusal, megabytes } satisfies Outcome);
});
