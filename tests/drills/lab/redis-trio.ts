import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { projectFolder } from '../../../bin/folders.ts';
import { findRedis } from '../../../bin/installed-programs.ts';
import type { Settings } from './app.ts';
import { gone, type Lab, until } from './lab.ts';
import type { Zone } from './zones.ts';

/** Three servers and three sentinels, a pair in each zone, with the files of deploy/redis. */
export interface RedisTrio<Name extends string> {
  /** What the environment of the application holds. */
  settings: Settings;
  /** The zone of the primary, as most sentinels say. */
  primary(): Promise<Name>;
  /** Ends the server of a zone, but not its sentinel, as `kill -9` does. */
  kill(name: Name): Promise<void>;
  start(name: Name): Promise<void>;
  /** A connection to the very server of a zone. */
  ask(name: Name): Redis;
}

const password = 'drill-of-redis';
const sentinelPassword = 'drill-of-sentinel';

export async function startRedisTrio<Name extends string>(
  lab: Lab,
  zones: Record<Name, Zone>,
): Promise<RedisTrio<Name>> {
  const names = Object.keys(zones) as Name[];
  const [first] = names as [Name];
  const servers = new Map<Name, ChildProcess>();
  const asked = new Map<string, Redis>();
  lab.defer(() => {
    for (const redis of asked.values()) redis.disconnect();
  });

  function connect(name: Name, port: number, secret: string): Redis {
    const key = `${name}:${port}`;
    const known = asked.get(key);
    if (known) return known;
    const redis = new Redis({
      host: zones[name].front,
      port,
      password: secret,
      retryStrategy: () => 200,
      maxRetriesPerRequest: 1,
      commandTimeout: 2000,
    });
    redis.on('error', () => {}); // what is drilled
    asked.set(key, redis);
    return redis;
  }
  const ask = (name: Name) => connect(name, 6379, password);
  const askSentinel = (name: Name) => connect(name, 26379, sentinelPassword);

  async function start(name: Name): Promise<void> {
    const zone = zones[name];
    servers.set(name, zone.spawn(`redis-${name}`, redisProgram(), [configOf(name)]));
    await until(
      `Redis of zone ${name} answers`,
      async () =>
        (await ask(name)
          .ping()
          .catch(() => '')) === 'PONG',
    );
  }

  /** Written once: from then on the server and Sentinel keep it. */
  function writeConfig(name: Name): void {
    const folder = join(lab.folder, `redis-${name}`);
    mkdirSync(folder);
    const follows = name === first ? '' : `replicaof ${zones[first].address} 6379`;
    writeFileSync(
      configOf(name),
      deployed('node.conf.example')
        .replace('/etc/redis/moa.conf', join(projectFolder, 'deploy/redis/redis.conf'))
        .replace(/^bind .*/m, 'bind 0.0.0.0')
        .replace(/^dir .*/m, `dir ${folder}`)
        .replaceAll('REDIS-PASSWORD', password)
        .replace(/^# replicaof .*/m, follows),
    );
  }

  async function startSentinel(name: Name): Promise<void> {
    const config = join(lab.folder, `redis-${name}`, 'sentinel.conf');
    writeFileSync(
      config,
      deployed('sentinel.conf')
        .replace(/^bind .*/m, `bind 0.0.0.0\nsentinel announce-ip ${zones[name].address}`)
        .replace(/^dir .*/m, `dir ${join(lab.folder, `redis-${name}`)}`)
        .replace(/(sentinel monitor moa) \S+/, `$1 ${zones[first].address}`)
        .replaceAll('SENTINEL-PASSWORD', sentinelPassword)
        .replaceAll('REDIS-PASSWORD', password),
    );
    zones[name].spawn(`sentinel-${name}`, redisProgram(), [config, '--sentinel']);
    await until(
      `sentinel of zone ${name} answers`,
      async () =>
        (await askSentinel(name)
          .ping()
          .catch(() => '')) === 'PONG',
    );
  }

  function configOf(name: Name): string {
    return join(lab.folder, `redis-${name}`, 'redis.conf');
  }

  async function primary(): Promise<Name> {
    const said = await Promise.all(
      names.map(async (name) => {
        const address = await askSentinel(name)
          .call('sentinel', 'get-master-addr-by-name', 'moa')
          .catch(() => []);
        return (address as string[])[0];
      }),
    );
    const found = names.find((name) => said.filter((address) => address === zones[name].address).length >= 2);
    if (!found) throw new Error(`the sentinels do not agree: ${said.join(', ')}`);
    return found;
  }

  for (const name of names) writeConfig(name);
  for (const name of names) await start(name);
  for (const name of names) await startSentinel(name);
  await until('sentinels and replicas know each other', async () => {
    const told = await Promise.all(
      names.map(async (name) =>
        factsOf(
          await askSentinel(name)
            .call('sentinel', 'master', 'moa')
            .catch(() => []),
        ),
      ),
    );
    return told.every((facts) => facts['num-slaves'] === '2' && facts['num-other-sentinels'] === '2');
  });
  await until('both replicas follow', async () => {
    const told = await ask(first).info('replication');
    return (told.match(/state=online/g) ?? []).length === 2;
  });

  return {
    settings: {
      REDIS_SENTINELS: names.map((name) => `${zones[name].address}:26379`).join(','),
      REDIS_MASTER: 'moa',
      REDIS_PASSWORD: password,
      REDIS_SENTINEL_PASSWORD: sentinelPassword,
    },
    primary,
    ask,
    start,
    async kill(name) {
      const server = servers.get(name)!;
      server.kill('SIGKILL');
      await gone(server);
    },
  };
}

function deployed(file: string): string {
  return readFileSync(join(projectFolder, 'deploy/redis', file), 'utf8');
}

function redisProgram(): string {
  return findRedis() ?? 'redis-server';
}

/** Sentinel says names and values in turn. */
function factsOf(reply: unknown): Record<string, string> {
  const words = reply as string[];
  return Object.fromEntries(words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1]!]] : [])));
}
