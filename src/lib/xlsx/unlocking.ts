import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isLocked, unlock } from './locks.ts';
import { WrongPassword } from './refusals.ts';

/** No password we have opens the file: a person has to say it. */
export class PasswordNeeded extends Error {
  override name = 'PasswordNeeded';
}

/**
 * A file that can be read: the file itself, or what stands behind its lock, written into `folder`. The passwords are
 * tried in turn; the one that opened it is told.
 */
export async function openFile(
  path: string,
  folder: string,
  passwords: { given: string | undefined; remembered: readonly string[] },
): Promise<{ path: string; password?: string }> {
  if (!(await isLocked(path))) return { path };

  const { given, remembered } = passwords;
  for (const password of new Set([given, ...remembered])) {
    const open = password === undefined ? undefined : await tryPassword(path, password);
    if (!open) continue;
    const unlocked = join(folder, 'unlocked.xlsx');
    await writeFile(unlocked, open, { mode: 0o600 });
    return { path: unlocked, password };
  }
  throw new PasswordNeeded(
    given === undefined && remembered.length === 0
      ? '비밀번호가 걸린 파일입니다. 내려받을 때 정한 비밀번호를 입력해 주세요.'
      : '파일 비밀번호가 맞지 않습니다. 내려받을 때 정한 비밀번호를 다시 입력해 주세요.',
  );
}

async function tryPassword(path: string, password: string): Promise<Buffer | undefined> {
  try {
    return await unlock(path, password);
  } catch (error) {
    if (error instanceof WrongPassword) return undefined;
    throw error;
  }
}
