import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ThrowAwayServers } from '../../bin/throw-away-servers.ts';
import { click, startWorker, until } from '../clicking.ts';
import { openApplication } from '../lists/application.ts';
import { openShop, type Shop } from '../lists/shop.ts';

/**
 * What a clerk feels while the worker reads and applies the file at `path` beside 50,000 orders: the times of pages in
 * ms, with nothing else to do and meanwhile.
 */
export async function disturb(
  servers: ThrowAwayServers,
  path: string,
): Promise<{ quiet: number[]; busy: number[] }> {
  await using shop = await openShop(servers, 50_000);
  await using application = await openApplication(shop.config);
  const { client } = application;
  const quiet = await click(client, async () => false, 8000);
  const worker = startWorker(shop);
  await client.upload('/imports', [{ name: 'bench.xlsx', content: readFileSync(path) }]);
  const reading = await click(client, async () => (await stateOf(shop)) !== 'reading', 300_000);
  await until(async () => (await stateOf(shop)) === 'proposed', 'the file is read');
  const { id, comparison } = await shop.db('imports').first('id', 'comparison');
  await client.post(`/imports/${id}/apply`, { comparison });
  const applying = await click(client, async () => (await stateOf(shop)) === 'applied', 300_000);
  worker.kill('SIGTERM');
  await once(worker, 'exit');
  return { quiet, busy: [...reading, ...applying] };
}

async function stateOf(shop: Shop): Promise<string> {
  const row: { state: string } | undefined = await shop.db('imports').first('state');
  return row?.state === 'waiting' ? 'reading' : (row?.state ?? '');
}
