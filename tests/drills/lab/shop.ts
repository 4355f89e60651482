import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '#lib/config.ts';
import { type Ctx, systemActor } from '#lib/ctx.ts';
import { openRuntime, type Runtime } from '#lib/runtime.ts';
import { type SmartStoreLine, smartStoreLines, writeSmartStoreFile } from '../../../seeds/smartstore-file.ts';
import { importLines } from '../../support/imports.ts';
import type { Settings } from './app.ts';
import type { Lab } from './lab.ts';

/** The application's own connections, for a drill to look with. */
export async function lookInto(lab: Lab, settings: Settings): Promise<{ runtime: Runtime; ctx: Ctx }> {
  const runtime = await openRuntime(readConfig(settings), 'drill');
  runtime.redis.on('error', () => {}); // what is drilled
  lab.defer(() => runtime.close());
  return { runtime, ctx: runtime.ctxFor(systemActor) };
}

/** Orders of the last days, taken the whole way of a file. */
export async function fillShop(ctx: Ctx, orders: number): Promise<void> {
  await importLines(ctx, linesOf(orders, 1));
}

/** Lines of a made-up shop; another seed is another day's orders. */
export function linesOf(orders: number, seed: number): Iterable<SmartStoreLine> {
  return smartStoreLines({ orders, seed });
}

/** A file of the mall in the folder of the drill. */
export async function writeFileOf(
  lab: Lab,
  lines: Iterable<SmartStoreLine>,
): Promise<{ path: string; name: string }> {
  const name = `${randomUUID().slice(0, 8)}.xlsx`;
  const path = join(lab.folder, name);
  await writeSmartStoreFile(path, lines);
  lab.defer(() => rmSync(path, { force: true }));
  return { path, name };
}
