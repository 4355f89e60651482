import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from './failure.ts';
import { privateFolder, socketFolder } from './folders.ts';
import { lastLines } from './log-files.ts';

/** What is particular to MariaDB or Redis. */
export interface ServerKind {
  name: string;
  title: string;
  /** Makes the data folder when there is none. */
  prepare(folder: string): Promise<void>;
  command(folder: string, socket: string): { program: string; args: string[] };
  answers(socket: string): Promise<boolean>;
}

/** One server with its own folder; nothing is started yet. */
export interface ServerProcess {
  kind: ServerKind;
  folder: string;
  socket: string;
  /** Starts it unless it runs already, and waits until it answers; true when it was started here. */
  start(): Promise<boolean>;
  /** Its process id while it runs, whoever started it. */
  pid(): number | undefined;
  /** Ends it in order and waits for that. */
  stop(): Promise<void>;
  /** Ends it at once, without waiting. */
  kill(): void;
}

export function serverProcess(kind: ServerKind, folder: string): ServerProcess {
  privateFolder(folder);
  const socket = join(socketFolder(folder), 'server.sock');
  const log = join(folder, 'server.log');
  const pidFile = join(folder, 'server.pid');

  const pid = () => {
    const noted = Number(readOptional(pidFile));
    // After a power cut the number may be another program's.
    return noted > 0 && commandLine(noted).includes(socket) ? noted : undefined;
  };

  async function start(): Promise<boolean> {
    const isNew = pid() === undefined;
    if (isNew) {
      await kind.prepare(folder);
      launch();
    }
    // Long enough for a recovery after a crash.
    for (const giveUpAt = Date.now() + 120_000; Date.now() < giveUpAt; await sleep(20)) {
      if (await kind.answers(socket)) return isNew;
      if (pid() === undefined) break;
    }
    throw new Failure(`${kind.title}를 시작하지 못했습니다. (기록: ${log})\n${lastLines(log)}`);
  }

  function launch(): void {
    const { program, args } = kind.command(folder, socket);
    rmSync(socket, { force: true });
    const output = openSync(log, 'w', 0o600);
    // A group of its own: Ctrl-C in the terminal is for us, and we end it in order.
    const child = spawn(program, args, { cwd: folder, detached: true, stdio: ['ignore', output, output] });
    closeSync(output);
    if (child.pid === undefined) throw new Failure(`${program}을 실행하지 못했습니다.`);
    writeFileSync(pidFile, String(child.pid), { mode: 0o600 });
    child.unref();
  }

  async function stop(): Promise<void> {
    const running = pid();
    if (running === undefined) return;
    process.kill(running, 'SIGTERM');
    for (const giveUpAt = Date.now() + 60_000; pid() === running; await sleep(10)) {
      if (Date.now() > giveUpAt)
        throw new Failure(`${kind.title}가 1분 안에 끝나지 않았습니다. (프로세스 ${running})`);
    }
    rmSync(pidFile, { force: true });
  }

  function kill(): void {
    const running = pid();
    if (running !== undefined) process.kill(running, 'SIGKILL');
  }

  return { kind, folder, socket, start, pid, stop, kill };
}

function readOptional(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Empty when there is no such process, or when it has ended and nobody has taken note yet (a zombie). */
function commandLine(pid: number): string {
  if (process.platform === 'linux') return readOptional(`/proc/${pid}/cmdline`);
  try {
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
