import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import argon2 from 'argon2';
import { Refusal } from '#lib/errors.ts';

/** The floor of OWASP: what a guess costs a thief of the table. Measured in bench/sign-in.ts. */
export const cost = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Makes a hash of the text, or compares it with one. */
export interface HashTask {
  id: number;
  text: string;
  hash?: string;
}
export type HashAnswer = { id: number; result: string | boolean } | { id: number; error: string };

export async function computeHash(text: string): Promise<string> {
  return inTurn(() => hasher.compute({ text })) as Promise<string>;
}

export async function compareHash(hash: string, text: string): Promise<boolean> {
  return inTurn(() => hasher.compute({ text, hash })) as Promise<boolean>;
}

/**
 * Hashing takes a processor for a while, and threads of this process would take it from the pages: it is done by a
 * process of its own with a lower priority. It is started by the first password and ends with this process.
 */
export interface Hasher {
  compute(task: Omit<HashTask, 'id'>): Promise<string | boolean>;
}

/** One that gives no answer for so long hangs: nobody has to wait so long, however busy the processors are. */
const patienceMs = 30_000;

class HasherLost extends Error {}

interface Started {
  child: ChildProcess;
  open: Map<number, PromiseWithResolvers<string | boolean>>;
}

export function createHasher(script: URL, patience = patienceMs): Hasher {
  let present: Started | undefined;
  let lastId = 0;

  const start = (): Started => {
    const started: Started = { child: fork(fileURLToPath(script), { execArgv: [] }), open: new Map() };
    const { child, open } = started;
    child.unref();
    child.on('message', (answer: HashAnswer) => {
      if ('error' in answer) open.get(answer.id)?.reject(new Error(answer.error));
      else open.get(answer.id)?.resolve(answer.result);
    });
    const lost = () => {
      if (present === started) present = undefined; // the next password starts another
      for (const { reject } of open.values())
        reject(new HasherLost('the process that hashes passwords has ended'));
    };
    child.once('exit', lost);
    child.once('error', lost);
    return started;
  };

  const ask = async (task: Omit<HashTask, 'id'>): Promise<string | boolean> => {
    present ??= start();
    const { child, open } = present;
    const id = ++lastId;
    const answer = Promise.withResolvers<string | boolean>();
    open.set(id, answer);
    const timer = setTimeout(() => child.kill('SIGKILL'), patience); // who waits for it is told by its end
    child.channel?.ref(); // this process waits for its answers, and for nothing else of it
    child.send({ ...task, id } satisfies HashTask, (error) => {
      if (error) answer.reject(new HasherLost(error.message));
    });
    try {
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      open.delete(id);
      if (open.size === 0) child.channel?.unref();
    }
  };

  return {
    /** Whoever waits while it ends waits for the next one instead. */
    async compute(task) {
      try {
        return await ask(task);
      } catch (error) {
        if (!(error instanceof HasherLost)) throw error;
        return ask(task);
      }
    },
  };
}

const hasher = createHasher(new URL('./hasher.ts', import.meta.url));

/** Hashes at once: one processor stays free. The others wait, and a crowd nobody could wait for is turned away. */
const atOnce = Math.max(1, availableParallelism() - 1);
const longestQueue = 400;
let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= atOnce) {
    if (waiting.length >= longestQueue)
      throw new Refusal('지금 로그인하려는 사람이 너무 많습니다. 잠시 뒤 다시 시도해 주세요.');
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else {
    running++;
  }
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}
