import { z } from 'zod';
import type { Env } from '#lib/secret-files.ts';

const absent =
  'REDIS_URL 설정이 없습니다. 예: redis://127.0.0.1:6379/0. Sentinel을 쓰면 대신 REDIS_SENTINELS를 적으세요.';
const schemes = ['redis:', 'rediss:', 'unix:', 'sentinel:'];
const sentinelAddress = /^([\w.-]+|\[[\da-f:]+\])(:\d{1,5})?$/i;

const schema = z
  .object({
    REDIS_URL: z
      .string()
      .refine(
        (text) => schemes.includes(URL.parse(text)?.protocol ?? ''),
        'REDIS_URL 값을 읽을 수 없습니다. redis://, rediss://, unix://로 시작해야 합니다.',
      )
      .optional(),
    REDIS_SENTINELS: z
      .string()
      .transform((text) => text.split(',').map((one) => one.trim()))
      .refine(
        (addresses) => addresses.every((address) => sentinelAddress.test(address)),
        'REDIS_SENTINELS 값을 읽을 수 없습니다. 예: 10.0.1.5:26379,10.0.2.5:26379,10.0.3.5:26379',
      )
      .optional(),
    REDIS_MASTER: z
      .string()
      .regex(/^[\w.-]+$/, 'REDIS_MASTER에는 글자, 숫자, 점, 하이픈만 쓸 수 있습니다.')
      .optional(),
    REDIS_DB: z
      .string()
      .regex(/^\d{1,2}$/, 'REDIS_DB는 숫자여야 합니다.')
      .optional(),
    REDIS_PASSWORD: z.string().optional(),
    REDIS_SENTINEL_PASSWORD: z.string().optional(),
  })
  .superRefine(({ REDIS_URL, REDIS_SENTINELS, REDIS_MASTER }, problems) => {
    const tell = (message: string) => problems.addIssue({ code: 'custom', message });
    if (!REDIS_URL && !REDIS_SENTINELS) tell(absent);
    if (REDIS_URL && REDIS_SENTINELS) tell('REDIS_URL, REDIS_SENTINELS 가운데 하나만 적어야 합니다.');
    if (REDIS_SENTINELS && !REDIS_MASTER)
      tell('REDIS_SENTINELS를 적으면 REDIS_MASTER도 적어야 합니다. 예: moa');
  });

/** All the settings there are; a process that is handed the url must not find the others beside it. */
export const redisSettings = Object.keys(schema.shape);

/**
 * One url for all of them: `redis://…` as it stands, or `sentinel://:password@master?sentinel=host:port&sentinel=…`.
 * `openRedis` understands both.
 */
export function readRedisSettings(env: Env): { url: string; problems: string[] } {
  const parsed = schema.safeParse(env);
  if (!parsed.success) return { url: '', problems: parsed.error.issues.map(({ message }) => message) };
  const { REDIS_URL, REDIS_SENTINELS, REDIS_MASTER, REDIS_DB, ...given } = parsed.data;
  const url = new URL(REDIS_URL ?? `sentinel://${REDIS_MASTER}`);
  for (const address of REDIS_SENTINELS ?? []) url.searchParams.append('sentinel', address);
  if (REDIS_SENTINELS && REDIS_DB) url.searchParams.set('db', REDIS_DB);
  if (given.REDIS_SENTINEL_PASSWORD) url.searchParams.set('sentinelPassword', given.REDIS_SENTINEL_PASSWORD);
  if (given.REDIS_PASSWORD) addPassword(url, given.REDIS_PASSWORD);
  return { url: url.href, problems: [] };
}

/** A url of a socket has no place for one. */
function addPassword(url: URL, password: string): void {
  if (url.protocol === 'unix:') url.searchParams.set('password', password);
  else url.password = encodeURIComponent(password);
}
