import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createUser } from '#accounts';
import { readConfig } from '#lib/config.ts';
import { systemActor } from '#lib/ctx.ts';
import { openRuntime } from '#lib/runtime.ts';
import { startThrowAwayServers } from '../bin/throw-away-servers.ts';
import { hashPassword } from '../src/accounts/passwords.ts';
import { createClient } from '../tests/support/client.ts';
import { click, inWords, p95 } from './clicking.ts';
import { addressOf, clerk } from './lists/application.ts';
import { openShop, type Shop } from './lists/shop.ts';

/** People who sign in, fifty a second, while somebody works: how much slower are the pages of the one at work? */
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '15' }, rounds: { type: 'string', default: '2' } },
});
const perSecond = 50;
const seconds = Number(values.seconds);
const people = 150;
const password = '감나무 아래 세 사람';
const bar = 1.5;

using servers = await startThrowAwayServers();
await using shop = await openShop(servers, 3000);
await hire(shop);

const web = spawn(process.execPath, [fileURLToPath(new URL('../src/main.ts', import.meta.url))], {
  stdio: ['ignore', 'ignore', 'pipe'],
  env: { ...process.env, ...shop.config, PORT: '0', LOG_LEVEL: 'info' },
});
const url = await addressOf(web.stderr);
try {
  const client = createClient(url);
  if ((await client.post('/sign-in', clerk)).status !== 303) throw new Error('the clerk could not sign in');
  await click(client, async () => false, 3000);

  const rounds: { quiet: number[]; busy: number[]; signIns: SignIns }[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const forms = await openForms(url);
    const quiet = await click(client, async () => false, (seconds * 1000) / 2);
    const signingIn = signIn(url, forms);
    const busy = await click(client, async () => false, seconds * 1000);
    rounds.push({ quiet, busy, signIns: await signingIn });
  }
  const quiet = rounds.flatMap((round) => round.quiet);
  const busy = rounds.flatMap((round) => round.busy);
  const ratio = p95(busy) / p95(quiet);
  for (const { signIns } of rounds) {
    const { times, failed } = signIns;
    process.stdout.write(
      `sign-ins: ${times.length} came in, ${failed} did not, p95 ${p95(times).toFixed(0)} ms, ` +
        `${(times.length / signIns.took).toFixed(1)} a second\n`,
    );
  }
  process.stdout.write(
    `p95 of other pages: ${inWords(quiet, busy)}, ratio ${ratio.toFixed(2)} (bar ${bar})\n`,
  );
  process.stdout.write(`one hash: ${(await msOfHash()).toFixed(0)} ms\n`);
  if (ratio > bar || rounds.some(({ signIns }) => signIns.failed > 0)) process.exitCode = 1;
} finally {
  web.kill('SIGTERM');
  await once(web, 'exit');
}

interface SignIns {
  times: number[];
  failed: number;
  /** Seconds until the last was answered. */
  took: number;
}

/** They come when they come: a slow answer does not keep the next one waiting. */
async function signIn(url: string, forms: readonly Form[]): Promise<SignIns> {
  const times: number[] = [];
  let failed = 0;
  const began = performance.now();
  const running: Promise<void>[] = [];
  for (let at = 0; at < perSecond * seconds; at++) {
    const wait = began + (at * 1000) / perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const sent = performance.now();
    running.push(
      send(url, forms[at]!, at % people).then((came) => {
        if (came) times.push(performance.now() - sent);
        else failed++;
      }),
    );
  }
  await Promise.all(running);
  return { times, failed, took: (performance.now() - began) / 1000 };
}

interface Form {
  cookie: string;
  token: string;
}

/** The sign-in pages stand open already: what is measured is the signing in. Each form is good for one. */
async function openForms(url: string): Promise<Form[]> {
  const forms: Form[] = [];
  for (let at = 0; at < perSecond * seconds; at++) {
    const page = await fetch(`${url}/sign-in`);
    const token = /name="_csrf" value="(\w+)"/.exec(await page.text())?.[1] ?? '';
    forms.push({
      cookie: page.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; '),
      token,
    });
  }
  return forms;
}

async function send(url: string, { cookie, token }: Form, person: number): Promise<boolean> {
  const answer = await fetch(`${url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, origin: url, accept: 'text/html' },
    body: new URLSearchParams({ _csrf: token, login: `person${person}`, password }),
  });
  await answer.arrayBuffer();
  return answer.status === 303;
}

async function hire(shop: Shop): Promise<void> {
  const runtime = await openRuntime(readConfig(shop.config), 'bench');
  const ctx = runtime.ctxFor(systemActor);
  await createUser(ctx, { login: 'person0', name: '정다운', role: 'office', password });
  const { id: _, ...first } = await shop.db('users').where({ login: 'person0' }).first();
  const others = Array.from({ length: people - 1 }, (_, at) => ({ ...first, login: `person${at + 1}` }));
  await shop.db('users').insert(others);
  await runtime.close();
}

async function msOfHash(): Promise<number> {
  const began = performance.now();
  for (let at = 0; at < 5; at++) await hashPassword(password);
  return (performance.now() - began) / 5;
}
