import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Client, createClient } from '../../tests/support/client.ts';

/** The web process of the application by itself, and somebody signed in. */
export async function openApplication(
  env: Record<string, string>,
): Promise<{ client: Client } & AsyncDisposable> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../../src/main.ts', import.meta.url))], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env, PORT: '0', LOG_LEVEL: 'info' },
  });
  const client = createClient(await addressOf(child.stderr));
  const { status } = await client.post('/sign-in', clerk);
  if (status !== 303) throw new Error(`the clerk could not sign in: ${status}`);
  return {
    client,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

export const clerk = { login: 'hana', password: 'bench-of-lists' };

export async function addressOf(log: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(log)) {
    const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
    if (msg === 'web is ready' && url) {
      log.resume();
      return url;
    }
  }
  throw new Error('the application ended before it was ready');
}
