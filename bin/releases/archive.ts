import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../failure.ts';
import { projectFolder } from '../folders.ts';
import { type Release, releaseIn } from './home.ts';

const run = promisify(execFile);

/** Makes an archive of a commit: what is not committed is not released. Gives its path. */
export async function pack(ref: string, out?: string): Promise<string> {
  const git = async (...args: string[]) => {
    const { stdout } = await run('git', ['-C', projectFolder, ...args]).catch(
      (error: { stderr?: string }) => {
        throw new Failure(
          `git ${args[0]}: 하지 못했습니다. 저장소에서 실행하세요.\n${String(error.stderr ?? error)}`,
        );
      },
    );
    return stdout.trim();
  };
  const commit = await git('rev-parse', '--verify', `${ref}^{commit}`);
  const { version } = JSON.parse(await git('show', `${commit}:package.json`)) as { version: string };
  const release: Release = { version, commit, madeAt: new Date().toISOString() };
  const path = resolve(out ?? `moa-${version}-${commit.slice(0, 10)}.tar.gz`);
  await git(
    'archive',
    '--format=tar.gz',
    `--add-virtual-file=release.json:${JSON.stringify(release)}`,
    `--add-virtual-file=RELEASE:${version}-${commit.slice(0, 10)}`, // what processes say of themselves
    `--output=${path}.part`,
    commit,
  );
  renameSync(`${path}.part`, path);
  return path;
}

/** Unpacks into a folder of its own, which is made anew. */
export async function unpack(archive: string, folder: string): Promise<Release> {
  if (!existsSync(archive)) throw new Failure(`${archive} 파일이 없습니다.`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await run('tar', ['-xzf', archive, '-C', folder, '--no-same-owner']).catch((error: { stderr?: string }) => {
    throw new Failure(`${archive}을 풀 수 없습니다.\n${String(error.stderr ?? error)}`);
  });
  const release = releaseIn(folder);
  const isWhole = ['package-lock.json', 'src/main.ts', 'src/worker.ts', 'bin/releases/tree-step.ts'].every(
    (file) => existsSync(join(folder, file)),
  );
  if (!release || !isWhole)
    throw new Failure(`${archive}은 Moa의 릴리스가 아닙니다. bin/release pack으로 만드세요.`);
  return release;
}

/** Two releases with the same lock file need the same packages. */
export function haveSamePackages(one: string, other: string): boolean {
  const [a, b] = [one, other].map((tree) => {
    const lock = join(tree, 'package-lock.json');
    return existsSync(lock) ? readFileSync(lock) : undefined;
  });
  return a !== undefined && b !== undefined && a.equals(b);
}
