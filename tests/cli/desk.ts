import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Knex } from 'knex';
import { type Config, readConfig } from '#lib/config.ts';
import { run } from '../../src/cli.ts';
import { openTestDatabase } from '../support/database.ts';
import { testServers } from '../support/servers.ts';

/** What a command said and how it ended. */
export interface Said {
  code: number;
  out: string;
  err: string;
}

/** A place to call `bin/moa` from: a database of its own and a folder for files. */
export interface Desk extends AsyncDisposable {
  db: Knex;
  config: Config;
  file(name: string): string;
  moa(argv: string[], typed?: string): Promise<Said>;
}

export async function openDesk(): Promise<Desk> {
  const stack = new AsyncDisposableStack();
  const database = stack.use(await openTestDatabase());
  const folder = await mkdtemp(join(tmpdir(), 'moa-desk-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const { redisUrl } = await testServers();
  const config = readConfig({
    DATABASE_URL: database.url,
    REDIS_URL: redisUrl,
    REDIS_PREFIX: `test-${randomBytes(6).toString('hex')}`,
    MOA_SECRET: randomBytes(24).toString('hex'),
    LOG_LEVEL: 'silent',
  });
  return {
    db: database.db,
    config,
    file: (name) => join(folder, name),
    async moa(argv, typed = '') {
      const [stdout, stderr] = [new PassThrough(), new PassThrough()];
      const said = Promise.all([text(stdout), text(stderr)]);
      const code = await run(argv, { config, stdin: Readable.from([Buffer.from(typed)]), stdout, stderr });
      stdout.end();
      stderr.end();
      const [out, err] = await said;
      return { code, out, err };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** The one line of JSON that a command gives, and nothing beside it. */
export function resultOf({ out }: Said): Record<string, unknown> {
  const [line = '', ...rest] = out.split('\n');
  if (rest.join('') !== '') throw new Error(`more than one line: ${out}`);
  return JSON.parse(line);
}
