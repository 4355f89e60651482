import { randomUUID } from 'node:crypto';
import { createServer, connect as open, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDatabaseUrl } from '#lib/db.ts';

export interface FlakyDatabase extends AsyncDisposable {
  /** The database behind it, by a way that can be broken. */
  url: string;
  /** Breaks the connection of the next statement with this text: before the server has it, or after it has answered. */
  breakAt(text: string, when: 'before' | 'after'): void;
  /** Breaks every connection and lets nobody in for so long. */
  goAway(milliseconds: number): void;
  /** How often somebody was turned away. */
  refused(): number;
}

/** Stands between a program and its database, and fails when told to. */
export async function flakyDatabase(url: string): Promise<FlakyDatabase> {
  const { socketPath, host, port } = readDatabaseUrl(url);
  const own = join(tmpdir(), `moa-flaky-${randomUUID().slice(0, 8)}.sock`);
  const pairs = new Set<{ client: Socket; server: Socket }>();
  let trap: { text: string; when: 'before' | 'after' } | undefined;
  let isAway = false;
  let refused = 0;

  const proxy = createServer((client) => {
    if (isAway) {
      refused += 1;
      client.destroy();
      return;
    }
    const server = socketPath ? open(String(socketPath)) : open(Number(port), String(host));
    const pair = { client, server };
    pairs.add(pair);
    let losesAnswer = false;
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    client.on('data', (sent) => {
      if (trap && sent.includes(trap.text)) {
        const { when } = trap;
        trap = undefined;
        if (when === 'before') return end();
        losesAnswer = true;
      }
      server.write(sent);
    });
    server.on('data', (answer) => (losesAnswer ? end() : client.write(answer)));
    for (const socket of [client, server]) socket.on('error', end).on('close', end);
  });
  await new Promise<void>((listening) => proxy.listen(own, listening));

  const through = new URL(url);
  through.search = `?socketPath=${encodeURIComponent(own)}`;
  const breakAll = () => {
    for (const { client, server } of pairs) {
      client.destroy();
      server.destroy();
    }
  };
  return {
    url: through.href,
    breakAt: (text, when) => {
      trap = { text, when };
    },
    goAway(milliseconds) {
      isAway = true;
      breakAll();
      setTimeout(() => {
        isAway = false;
      }, milliseconds);
    },
    refused: () => refused,
    async [Symbol.asyncDispose]() {
      breakAll();
      await new Promise((closed) => proxy.close(closed));
    },
  };
}
