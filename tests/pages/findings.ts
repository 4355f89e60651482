import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { evaluated, mark } from './nasty.ts';

export interface Got {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** All that was wrong, so that one run tells of everything. */
export class Findings {
  private readonly wrong: string[] = [];
  private count = 0;
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }

  async judge(what: string, ask: () => Promise<Got>): Promise<void> {
    this.count++;
    const since = performance.now();
    try {
      const got = await ask();
      const problem = problemWith(got, performance.now() - since);
      if (problem) this.wrong.push(`${problem}: ${JSON.stringify(what).slice(0, 600)}`);
    } catch (error) {
      this.wrong.push(`${(error as Error).message}: ${JSON.stringify(what).slice(0, 600)}`);
    }
  }

  none(): void {
    assert.ok(this.count > 10);
    const told = `${this.wrong.length} of ${this.count}, FUZZ_SEED=${this.seed}`;
    assert.deepEqual(this.wrong.slice(0, 20), [], told);
  }
}

const inside = [
  /\n\s+at .+:\d+:\d+/,
  /node_modules|\bsrc\/[\w/-]+\.ts\b/,
  /\bER_[A-Z_]{4,}|SQLSTATE|error in your SQL|errno: \d+/i,
  /\b(?:Type|Syntax|Range|Zod)Error\b|Cannot (?:read|convert)|is not a function/,
  /root:x:0:/,
];
const root = fileURLToPath(new URL('../..', import.meta.url));
export const slowest = 5000;

function problemWith({ status, headers, text }: Got, ms: number): string | undefined {
  if (!(status >= 200 && status < 500)) return `answered ${status}`;
  if (ms > slowest) return `took ${Math.round(ms)} ms`;
  const location = String(headers.location ?? '');
  if (location && !/^\/(?![/\\])/.test(location)) return `leads to ${location}`;
  if (JSON.stringify(headers['set-cookie'] ?? '').includes(`"${mark}`)) return 'a header was planted';
  if (/spreadsheetml|javascript/.test(String(headers['content-type']))) return undefined;
  const told = inside.find((sign) => sign.test(text));
  if (told || text.includes(root)) return `tells of its inside (${told})`;
  if (text.includes(evaluated)) return 'evaluated what was typed';
  if (!/json/.test(String(headers['content-type'])) && new RegExp(`[<"']${mark}`).test(text))
    return `shows ${new RegExp(`.{20}[<"']${mark}.{20}`, 's').exec(text)?.[0]}`;
}
