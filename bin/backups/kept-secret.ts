import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FullManifest } from './manifests.ts';
import { endOf, openFrom } from './sealing.ts';

/**
 * The settings that were backed up, unpacked below `folder`, and the secrets found in them: proof that the back-up
 * alone is enough. A line `MOA_SECRET=…` holds it, or a file called `secret`; older ones stand in MOA_OLD_SECRETS.
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

/** A line wins over a file, whose secret is a former one then: a small installation is given its next secret so. */
export function findSecrets(folder: string): Record<string, string> {
  const present: Record<'lines' | 'files', string[]> = { lines: [], files: [] };
  const former: string[] = [];
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name);
    const about = statSync(path);
    if (!about.isFile() || about.size > 64 * 1024) continue;
    const text = readFileSync(path, 'utf8');
    if (/^(moa[-_.])?secret$/i.test(basename(name))) present.files.push(text.trim());
    if (/^(moa[-_.])?old[-_]secrets$/i.test(basename(name))) former.push(...listed(text));
    present.lines.push(lineOf(text, 'MOA_SECRET'));
    former.push(...listed(lineOf(text, 'MOA_OLD_SECRETS')));
  }
  const [secret, ...others] = new Set([...present.lines, ...present.files].filter(isSecret));
  if (secret === undefined) return {};
  const old = [...new Set([...others, ...former])].filter((one) => one !== secret && isSecret(one));
  return { MOA_SECRET: secret, ...(old.length > 0 && { MOA_OLD_SECRETS: old.join(',') }) };
}

function lineOf(text: string, setting: string): string {
  return new RegExp(`^\\s*${setting}=["']?([^"'\\n]+)["']?\\s*$`, 'm').exec(text)?.[1]?.trim() ?? '';
}

const listed = (text: string) => text.split(/[\n,]/).map((one) => one.trim());
const isSecret = (text: string) => text.length >= 32; // as the application demands
