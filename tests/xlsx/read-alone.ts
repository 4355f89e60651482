import { readRows } from '#lib/xlsx/index.ts';

/** Reads one file in a process of its own and says what came of it and how much memory it took. */
let rows = 0;
let refusal: { name: string; message: string } | undefined;
try {
  for await (const _ of readRows(process.argv[2]!)) rows += 1;
} catch (error) {
  const { name, message } = error as Error;
  refusal = { name, message };
}
console.log(JSON.stringify({ rows, refusal, megabytes: Math.round(process.resourceUsage().maxRSS / 1024) }));
