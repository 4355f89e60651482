import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Failure, say } from '../failure.ts';
import { haveSamePackages } from './archive.ts';

const run = promisify(execFile);

/**
 * Installs what the lock file names. A tree beside it that was installed from the same lock file lends its files: no
 * registry has to answer for a release that brings no new package.
 */
export async function installPackages(tree: string, lenders: readonly string[]): Promise<void> {
  const target = join(tree, 'node_modules');
  const lender = lenders.find((other) => haveSamePackages(other, tree) && isInstalled(other));
  if (lender) {
    const source = join(lender, 'node_modules');
    const linked = await run('cp', ['-al', source, target]).catch(() => undefined);
    if (!linked) {
      rmSync(target, { recursive: true, force: true }); // another file system
      await run('cp', ['-a', source, target]);
    }
  } else {
    say('npm 패키지를 설치합니다. 1분쯤 걸립니다.');
    await run(
      'npm',
      ['ci', '--omit=dev', '--ignore-scripts=false', '--no-audit', '--no-fund', '--loglevel=error'],
      { cwd: tree },
    ).catch((error: { stderr?: string }) => {
      throw new Failure(`npm 패키지를 설치하지 못했습니다.\n${String(error.stderr ?? error)}`);
    });
  }
  copyFileSync(join(tree, 'package-lock.json'), join(target, '.moa-installed'));
}

/** As bin/npm-packages.sh sees it. */
function isInstalled(tree: string): boolean {
  const [lock, stamp, record] = [
    'package-lock.json',
    'node_modules/.moa-installed',
    'node_modules/.package-lock.json',
  ].map((path) => join(tree, path)) as [string, string, string];
  if (!existsSync(join(tree, 'node_modules/.bin/node'))) return false;
  if (existsSync(stamp) && readFileSync(stamp).equals(readFileSync(lock))) return true;
  return existsSync(record) && statSync(record).mtimeMs > statSync(lock).mtimeMs;
}
