import { setTimeout as sleep } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { Person } from './person.ts';

export interface Watchers extends AsyncDisposable {
  connected(): number;
  reconnects(): number;
  /** The longest time in ms that a socket was away. */
  slowest(): number;
  /** Why sockets went and could not come back, and how often. */
  troubles(): string[];
  /** Waits until each page knows that the import stands so; tells how many never did. */
  untilAllKnow(state: string, withinMs: number): Promise<{ ms: number; ignorant: number }>;
}

/**
 * Open pages of an import, as public/js/behaviors/progress.js has them: each watches by its socket, looks once whenever
 * it has connected, and once when it hears of an end. What was said while it was away it must find out by that look.
 */
export async function openWatchers(
  url: string,
  people: readonly Person[],
  count: number,
  importId: number,
): Promise<Watchers> {
  const pages = Array.from({ length: count }, (_, at) =>
    openPage(url, people[at % people.length]!, importId),
  );
  const giveUpAt = performance.now() + 60_000;
  while (pages.some(({ socket }) => !socket.connected)) {
    if (performance.now() > giveUpAt) throw new Error('not all sockets came in');
    await sleep(50);
  }
  return {
    connected: () => pages.filter(({ socket }) => socket.connected).length,
    reconnects: () => pages.filter(({ aways }) => aways.length > 0).length,
    slowest: () => Math.round(Math.max(0, ...pages.flatMap(({ aways, away }) => [...aways, away()]))),
    troubles() {
      const counted = new Map<string, number>();
      for (const words of pages.flatMap(({ troubles }) => troubles))
        counted.set(words, (counted.get(words) ?? 0) + 1);
      return [...counted].map(([words, n]) => `${n} × ${words}`);
    },
    async untilAllKnow(state, withinMs) {
      const beganAt = performance.now();
      const ignorant = () => pages.filter(({ known }) => known() !== state).length;
      while (ignorant() > 0 && performance.now() - beganAt < withinMs) await sleep(20);
      return { ms: Math.round(performance.now() - beganAt), ignorant: ignorant() };
    },
    async [Symbol.asyncDispose]() {
      for (const { socket } of pages) socket.close();
    },
  };
}

function openPage(url: string, person: Person, importId: number) {
  const aways: number[] = [];
  const troubles: string[] = [];
  let leftAt: number | undefined;
  let known = '';
  let looks = 0;
  const socket: Socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    extraHeaders: { cookie: cookieOf(person), origin: url },
  });
  const look = async () => {
    const own = ++looks;
    const answer = await fetch(`${url}/imports/${importId}`, {
      headers: { cookie: cookieOf(person), accept: 'text/html', 'x-moa-passive': '1' },
    }).catch((error: Error) => {
      troubles.push(`could not look: ${String(error.cause ?? error)}`);
    });
    if (answer && !answer.ok) troubles.push(`could not look: answered ${answer.status}`);
    const page = answer?.ok ? await answer.text() : '';
    const busy = /data-import-id="\d+" data-state="(\w+)"/.exec(page)?.[1];
    if (page && own === looks)
      known = busy ?? (/적용 \d|적용 20/.test(page) && page.includes('/undo') ? 'applied' : 'proposed');
  };
  socket.on('connect', () => {
    if (leftAt !== undefined) aways.push(performance.now() - leftAt);
    leftAt = undefined;
    socket.emit('watch', { importId });
    void look();
  });
  socket.on('connect_error', (error) => troubles.push(`could not connect: ${error.message}`));
  socket.on('disconnect', (reason) => {
    troubles.push(`went: ${reason}`);
    leftAt = performance.now();
  });
  socket.on('finished', () => void look());
  return {
    socket,
    aways,
    troubles,
    away: () => (leftAt === undefined ? 0 : performance.now() - leftAt),
    known: () => known,
  };
}

function cookieOf(person: Person): string {
  return [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
}
