import { spawn } from 'node:child_process';
import { join } from 'node:path';
import argon2 from 'argon2';
import { openDb } from '#lib/db.ts';
import { Failure } from './failure.ts';
import { waitForLock } from './file-locks.ts';
import { projectFolder } from './folders.ts';

const signIns = { admin: '관리자', office: '사무', delivery: '배송', crew: '기사', store: '매장' };
const password = 'moa-demo-2026';

/** Fills an installation that has no users yet with a made-up shop; of two at once the second waits. */
export async function loadDemo(env: NodeJS.ProcessEnv, dataFolder: string, stop: AbortSignal): Promise<void> {
  const turn = await waitForLock(join(dataFolder, 'demo.lock'), 'exclusive');
  const loading = spawn(process.execPath, [join(projectFolder, 'seeds/demo.ts')], {
    cwd: projectFolder,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
    signal: stop,
  });
  loading.on('error', () => {}); // the stop; the exit tells the rest
  const code = await new Promise((resolve) => loading.once('close', resolve));
  turn.release();
  stop.throwIfAborted();
  if (code !== 0)
    throw new Failure('시연 자료를 넣지 못했습니다. --no-demo로 시연 자료 없이 시작할 수 있습니다.');
}

/** How to sign in to the demo; undefined where its password does not open the door. */
export async function demoSignIns(databaseUrl: string): Promise<string | undefined> {
  const db = openDb(databaseUrl, { max: 1 });
  try {
    const users: { login: string; password_hash: string }[] = await db('users')
      .whereIn('login', Object.keys(signIns))
      .whereNull('disabled_at')
      .select('login', 'password_hash');
    const open: string[] = [];
    for (const [login, role] of Object.entries(signIns)) {
      const user = users.find((one) => one.login === login);
      if (user && (await argon2.verify(user.password_hash, password))) open.push(`${login} (${role})`);
    }
    return open.length > 0 ? `시연 계정: ${open.join(', ')}. 비밀번호: ${password}` : undefined;
  } finally {
    await db.destroy();
  }
}
