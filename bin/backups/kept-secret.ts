import { spawn } from 'node:child_process';
import { createWriteStream, globSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FullManifest } from './manifests.ts';
import { endOf, openFrom } from './sealing.ts';

/**
 * The settings that were backed up, unpacked below `folder`, and the secrets found in them: proof that the back-up
 * alone is enough. A file called `secret` holds one, or a line `MOA_SECRET=…`; older ones stand in MOA_OLD_SECRETS.
 */
export async function openKeptSettings(
  manifest: FullManifest,
  series: string,
  identity: string,
  folder: string,
): Promise<Record<string, string>> {
  if (!manifest.also) return {};
  const unpacked = join(folder, 'settings');
  mkdirSync(unpacked, { mode: 0o700 });
  const packed = join(folder, 'settings.tar'); // tar may leave before the end of what it is fed
  const path = join(series, 'full', manifest.also.file);
  await openFrom(path, identity, createWriteStream(packed, { mode: 0o600 }), manifest.also);
  await endOf(
    'tar',
    spawn('tar', ['-x', '-f', packed, '-C', unpacked], { stdio: ['ignore', 'ignore', 'pipe'] }),
  );
  rmSync(packed);
  return findSecrets(unpacked);
}

const wanted = ['MOA_SECRET', 'MOA_OLD_SECRETS'];

function findSecrets(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of globSync('**/*', { cwd: folder })) {
    const path = join(folder, name);
    const about = statSync(path);
    if (!about.isFile() || about.size > 64 * 1024) continue;
    const text = readFileSync(path, 'utf8');
    const file = basename(name);
    if (/^(moa[-_.])?secret$/i.test(file)) found.MOA_SECRET ??= text.trim();
    if (/^(moa[-_.])?old[-_]secrets$/i.test(file)) found.MOA_OLD_SECRETS ??= text.trim();
    for (const setting of wanted) {
      const line = new RegExp(`^\\s*${setting}=["']?([^"'\\n]+)["']?\\s*$`, 'm').exec(text);
      if (line) found[setting] ??= line[1]!;
    }
  }
  return found;
}
