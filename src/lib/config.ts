import { z } from 'zod';
import { SettingError } from '#lib/errors.ts';
import { readRedisSettings, redisSettings } from '#lib/redis-settings.ts';
import { type Env, readSecretFiles, secretSettings } from '#lib/secret-files.ts';
import type { SlotSettings } from '#lib/slot.ts';

const schema = z.object({
  DATABASE_URL: z.string('DATABASE_URL 설정이 없습니다. 예: mysql://moa:비밀번호@127.0.0.1:3306/moa'),
  MOA_SECRET: z
    .string('MOA_SECRET 설정이 없습니다. 32자 이상의 무작위 글자를 넣으세요.')
    .min(32, 'MOA_SECRET은 32자 이상이어야 합니다.'),
  MOA_OLD_SECRETS: z.string().default(''),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce
    .number('PORT는 0에서 65535 사이의 숫자여야 합니다.')
    .int('PORT는 0에서 65535 사이의 숫자여야 합니다.')
    .min(0, 'PORT는 0에서 65535 사이의 숫자여야 합니다.')
    .max(65535, 'PORT는 0에서 65535 사이의 숫자여야 합니다.')
    .default(3000),
  LISTEN: z.string().startsWith('/', 'LISTEN은 /로 시작하는 소켓 경로여야 합니다.').optional(),
  MOA_SLOT: z.enum(['blue', 'green'], { error: 'MOA_SLOT은 blue 또는 green이어야 합니다.' }).optional(),
  MOA_SOCKETS: z.string().optional(),
  MOA_INSTANCE: z.string().optional(),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'LOG_LEVEL은 trace, debug, info, warn, error, fatal, silent 가운데 하나여야 합니다.',
    })
    .default('info'),
  REDIS_PREFIX: z.string().default('moa'),
  TRUST_PROXY: z.string().optional(),
  METRICS_PORT: z.coerce
    .number('METRICS_PORT는 1에서 65534 사이의 숫자여야 합니다.')
    .int('METRICS_PORT는 1에서 65534 사이의 숫자여야 합니다.')
    .min(1, 'METRICS_PORT는 1에서 65534 사이의 숫자여야 합니다.')
    .max(65534, 'METRICS_PORT는 1에서 65534 사이의 숫자여야 합니다.')
    .optional(),
  METRICS_HOST: z.string().default('127.0.0.1'),
  MOA_DISKS: z.string().default(''),
  COOKIE_SECURE: z
    .enum(['true', 'false'], { error: 'COOKIE_SECURE는 true 또는 false여야 합니다.' })
    .default('false'),
  POSTCODE_FINDER: z
    .enum(['daum'], { error: 'POSTCODE_FINDER는 daum이거나, 적지 않아야 합니다.' })
    .optional(),
  OIDC_ISSUER: z.string().optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_NAME: z.string().max(20, 'OIDC_NAME은 20자까지 적을 수 있습니다.').default('카카오'),
});

export interface Config {
  databaseUrl: string;
  /** One Redis, or the sentinels that know which of several it is: see `openRedis`. */
  redisUrl: string;
  /** Key material: session signatures and encryption at rest are derived from it. */
  secret: string;
  /** Secrets from before or to come: what they sealed is read, and nothing is sealed with them. */
  oldSecrets: readonly string[];
  host: string;
  port: number;
  /** A unix socket to listen on, instead of host and port. */
  socketPath: string | undefined;
  /** Which of the two releases of this host we belong to; undefined where there is only one. */
  slot: SlotSettings | undefined;
  logLevel: string;
  /** First part of every Redis key, so that several installs share one server. */
  redisPrefix: string;
  trustProxy: string | undefined;
  /** Where Prometheus reads; nobody else should get there. */
  metrics: { host: string; port: number } | undefined;
  /** Folders whose free room is told, beside that of temporary files. */
  disks: readonly string[];
  cookieSecure: boolean;
  /** The public service that finds postal codes on the order form; it loads a script of its own. */
  postcodeFinder: 'daum' | undefined;
  /** Somebody else who may say who a person is: Kakao, or any OpenID Connect provider. */
  provider: ProviderSettings | undefined;
}

export interface ProviderSettings {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** What the buttons call it. */
  name: string;
}

/** Reads the settings once, at start. Throws `SettingError` with one sentence per wrong setting. */
export function readConfig(env: Env): Config {
  const present = Object.fromEntries(
    Object.entries({ ...env, ...readSecretFiles(env) }).filter(([, value]) => value !== ''),
  );
  const parsed = schema.safeParse(present);
  const redis = readRedisSettings(present);
  const problems = [...(parsed.error?.issues.map((issue) => issue.message) ?? []), ...redis.problems];
  if (!parsed.success || problems.length > 0) throw new SettingError(problems.join('\n'));
  const settings = parsed.data;

  return {
    databaseUrl: checkUrl('DATABASE_URL', settings.DATABASE_URL, ['mysql:', 'mariadb:']),
    redisUrl: redis.url,
    secret: settings.MOA_SECRET,
    oldSecrets: readOldSecrets(settings.MOA_OLD_SECRETS, settings.MOA_SECRET),
    host: settings.HOST,
    port: settings.PORT,
    socketPath: settings.LISTEN,
    slot: readSlot(settings),
    logLevel: settings.LOG_LEVEL,
    redisPrefix: settings.REDIS_PREFIX,
    trustProxy: settings.TRUST_PROXY,
    metrics: settings.METRICS_PORT ? { host: settings.METRICS_HOST, port: settings.METRICS_PORT } : undefined,
    disks: settings.MOA_DISKS.split(',').filter(Boolean),
    cookieSecure: settings.COOKIE_SECURE === 'true',
    postcodeFinder: settings.POSTCODE_FINDER,
    provider: readProvider(settings),
  };
}

/**
 * What a process that we start needs to stand on the same servers with the same keys, also where ours came from files.
 */
export function settingsForChild(config: Config): Env {
  const { databaseUrl, redisUrl, secret, oldSecrets, logLevel } = config;
  return {
    ...Object.fromEntries(
      [...secretSettings.map((name) => `${name}_FILE`), ...redisSettings].map((name) => [name, '']),
    ),
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    MOA_SECRET: secret,
    MOA_OLD_SECRETS: oldSecrets.join(','),
    LOG_LEVEL: logLevel,
    TZ: 'Asia/Seoul',
  };
}

/** One a line, or between commas. */
function readOldSecrets(text: string, present: string): string[] {
  const secrets = text
    .split(/[\n,]/)
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '');
  const short = secrets.findIndex((secret) => secret.length < 32);
  if (short >= 0)
    throw new SettingError(
      `MOA_OLD_SECRETS의 ${short + 1}번째 키가 32자보다 짧습니다. 쉼표로 나누어 적으세요.`,
    );
  return [...new Set(secrets)].filter((secret) => secret !== present);
}

function readSlot({ MOA_SLOT: name, MOA_SOCKETS: folder, MOA_INSTANCE: instance }: z.output<typeof schema>) {
  if (!name) return undefined;
  if (!folder || !instance)
    throw new SettingError('MOA_SLOT을 적으면 MOA_SOCKETS와 MOA_INSTANCE도 적어야 합니다.');
  return { name, folder, instance };
}

function readProvider(settings: z.output<typeof schema>): ProviderSettings | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = settings;
  if (!issuer && !clientId && !clientSecret) return undefined;
  if (!issuer || !clientId || !clientSecret)
    throw new SettingError('OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET은 함께 적어야 합니다.');
  const url = URL.parse(issuer);
  const isHere = url?.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  if (!url || !(url.protocol === 'https:' || isHere))
    throw new SettingError('OIDC_ISSUER는 https://로 시작하는 주소여야 합니다. 예: https://kauth.kakao.com');
  return { issuer, clientId, clientSecret, name: settings.OIDC_NAME };
}

function checkUrl(name: string, value: string, protocols: string[]): string {
  const url = URL.parse(value);
  if (!url || !protocols.includes(url.protocol)) {
    throw new SettingError(
      `${name} 값을 읽을 수 없습니다. ${protocols.map((p) => `${p}//`).join(', ')}로 시작해야 합니다.`,
    );
  }
  return value;
}
