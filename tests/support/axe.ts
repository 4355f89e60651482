import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** Twenty rows of a table stand for all. */
const enough = { include: ['html'], exclude: ['tbody tr:nth-child(n+21)'] };

/** The serious and critical findings of axe, each with the elements it found. */
export async function seriousViolations(page: Page): Promise<string[]> {
  await page.evaluate(source);
  const options: RunOptions = { resultTypes: ['violations'] };
  const results = (await page.evaluate(
    `axe.run(${JSON.stringify(enough)}, ${JSON.stringify(options)})`,
  )) as AxeResults;
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}
