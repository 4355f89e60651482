import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openFolder } from './folder.ts';
import type { Maker } from './hostile-files.ts';

export interface Outcome {
  rows: number;
  refusal?: { name: string; message: string };
  megabytes: number;
}

/** Reads a file in a process with a small heap, as imports are read. */
export async function readAlone(make: Maker): Promise<Outcome> {
  await using folder = await openFolder();
  const path = folder.file('a.xlsx');
  await make(path);
  const reader = kept ?? startReader();
  kept = undefined;
  try {
    const outcome = await ask(reader, path);
    if (outcome.megabytes < grown) kept = keep(reader);
    return outcome;
  } finally {
    if (kept !== reader) reader.kill('SIGKILL');
  }
}

/** A process is asked again as long as no file has made it grow: its memory tells of the next file alone. */
let kept: ChildProcess | undefined;
const grown = 150;

function startReader(): ChildProcess {
  return fork(fileURLToPath(new URL('read-alone.ts', import.meta.url)), {
    execArgv: ['--max-old-space-size=320'],
  });
}

async function ask(reader: ChildProcess, path: string): Promise<Outcome> {
  reader.ref();
  reader.channel?.ref();
  const answered = new AbortController();
  const signal = AbortSignal.any([answered.signal, AbortSignal.timeout(60_000)]);
  const died = once(reader, 'exit', { signal }).then(([code, by]) => {
    throw new Error(`the reader died (${by ?? code})`);
  });
  died.catch(() => {}); // nobody listens any more once it has answered
  reader.send(path);
  try {
    const [outcome] = await Promise.race([once(reader, 'message', { signal }), died]);
    return outcome as Outcome;
  } finally {
    answered.abort();
  }
}

/** Whoever runs this file need not wait for it. */
function keep(reader: ChildProcess): ChildProcess {
  reader.unref();
  reader.channel?.unref();
  return reader;
}
