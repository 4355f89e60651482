import { readFileSync } from 'node:fs';
import { SettingError } from '#lib/errors.ts';

export type Env = Record<string, string | undefined>;

/** What may stand in a file of its own, named by the setting with `_FILE` behind it. */
export const secretSettings = [
  'DATABASE_URL',
  'REDIS_URL',
  'REDIS_PASSWORD',
  'REDIS_SENTINEL_PASSWORD',
  'MOA_SECRET',
  'MOA_OLD_SECRETS',
  'OIDC_CLIENT_SECRET',
];

/** True when the environment gives the setting, itself or by a file. */
export function isGiven(env: Env, name: string): boolean {
  return Boolean(env[name] || env[`${name}_FILE`]);
}

/** The settings that are given by files. Throws `SettingError` with the name of one that cannot be read. */
export function readSecretFiles(env: Env): Env {
  const given = secretSettings.filter((name) => env[`${name}_FILE`]);
  return Object.fromEntries(given.map((name) => [name, readSecretFile(env, name)]));
}

function readSecretFile(env: Env, name: string): string {
  const path = env[`${name}_FILE`] as string;
  if (env[name]) throw new SettingError(`${name}, ${name}_FILE 가운데 하나만 적어야 합니다.`);
  const text = textOf(name, path);
  if (text === '') throw new SettingError(`${name}_FILE이 가리키는 파일(${path})이 비어 있습니다.`);
  return text;
}

function textOf(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SettingError(`${name}_FILE이 가리키는 파일(${path})을 읽을 수 없습니다. (${code})`);
  }
}
