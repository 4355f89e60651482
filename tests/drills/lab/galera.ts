import { type ChildProcess, execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as mariadb from 'mariadb';
import { projectFolder } from '../../../bin/folders.ts';
import { findProgram } from '../../../bin/installed-programs.ts';
import { mariadbServer } from '../../../bin/mariadb-server.ts';
import { gone, isRunning, type Lab, until } from './lab.ts';
import type { Zone } from './zones.ts';

/** Two nodes with data and an arbitrator, with the files of `deploy/mariadb`. */
export interface Cluster {
  nodes: readonly [GaleraNode, GaleraNode];
  arbitrator: ClusterPart;
  nodeNamed(name: string): GaleraNode;
}

/** One program of the cluster, looked after as systemd would. */
export interface ClusterPart {
  name: string;
  zone: Zone;
  start(options?: { newCluster?: boolean }): Promise<void>;
  /** A power cut: gone at once, and stays down until `start`. */
  kill(): Promise<void>;
  isRunning(): boolean;
}

export interface GaleraNode extends ClusterPart {
  socket: string;
  address: string;
  /** `Primary 4 3`: side of the cluster, state of the node, and how many belong to it. Empty when nobody answers. */
  state(): Promise<string>;
  /** Holds all that was committed, and takes writes. */
  isSynced(): Promise<boolean>;
  /** All it knew is gone with its disk. */
  loseDisk(): void;
}

const deployed = join(projectFolder, 'deploy/mariadb');

/** Starts it in three zones and waits until all are one cluster. */
export async function openCluster(lab: Lab, zones: { one: Zone; two: Zone; three: Zone }): Promise<Cluster> {
  const addresses = [zones.one.address, zones.two.address, zones.three.address];
  const nodes = [openNode(lab, zones.one, 1, addresses), openNode(lab, zones.two, 2, addresses)] as const;
  const arbitrator = openArbitrator(lab, zones.three, addresses);

  await mariadbServer('throw-away').prepare(join(lab.folder, nodes[0].name));
  await nodes[0].start({ newCluster: true });
  await until('the first node takes writes', () => nodes[0].isSynced());
  makeAccounts(nodes[0]);
  await arbitrator.start();
  await nodes[1].start();
  await until(
    'all three are one cluster',
    async () =>
      (await Promise.all(nodes.map((node) => node.state()))).every((state) => state === 'Primary 4 3'),
    { patienceMs: 300_000, everyMs: 300 },
  );
  return {
    nodes,
    arbitrator,
    nodeNamed: (name) => nodes.find((node) => node.name === name)!,
  };
}

function openNode(lab: Lab, zone: Zone, number: number, addresses: readonly string[]): GaleraNode {
  const folder = join(lab.folder, zone.name);
  const socket = join(folder, 'db.sock');
  const config = join(folder, 'my.cnf');
  mkdirSync(folder, { recursive: true });
  writeFileSync(config, nodeConfig(folder, socket, zone, number, addresses));
  const flags = [`--defaults-file=${config}`, ...(process.getuid?.() === 0 ? ['--user=root'] : [])];
  const program = findProgram('mariadbd')!;

  const part = lookedAfter(lab, zone, program, async ({ newCluster }) => [
    ...flags,
    ...(newCluster ? ['--wsrep-new-cluster'] : await startPosition(lab, program, flags, folder)),
  ]);

  const state = async () => {
    const rows = await ask(
      socket,
      `SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_cluster_status', 'wsrep_local_state', 'wsrep_cluster_size')`,
    );
    const of = new Map(rows?.map((row) => [String(row.Variable_name), String(row.Value)]));
    return rows
      ? ['wsrep_cluster_status', 'wsrep_local_state', 'wsrep_cluster_size']
          .map((name) => of.get(name))
          .join(' ')
      : '';
  };
  return {
    ...part,
    socket,
    address: `${zone.address}:3306`,
    state,
    isSynced: async () => (await state()).startsWith('Primary 4'),
    loseDisk() {
      rmSync(join(folder, 'data'), { recursive: true, force: true });
    },
  };
}

/** What differs from the deployed file: places, sizes, and who gives the copy. */
function nodeConfig(
  folder: string,
  socket: string,
  zone: Zone,
  number: number,
  addresses: readonly string[],
): string {
  const common = join(deployed, 'galera.cnf');
  const options = /^wsrep_provider_options\s*=\s*"([^"]+)"/m.exec(readFileSync(common, 'utf8'))![1]!;
  return `!include ${common}
[mysqld]
datadir = ${join(folder, 'data')}
socket = ${socket}
pid_file = ${join(folder, 'db.pid')}
tmpdir = ${folder}
port = 3306
bind_address = 0.0.0.0
server_id = ${number}
gtid_domain_id = ${10 + number}
wsrep_gtid_domain_id = 1
wsrep_node_name = ${zone.name}
wsrep_node_address = ${zone.address}
wsrep_cluster_address = gcomm://${addresses.join(',')}
wsrep_sst_auth = root:
wsrep_provider_options = "${options.replace('gcache.size=1G', 'gcache.size=128M')}"
innodb_buffer_pool_size = 256M
innodb_log_file_size = 64M
innodb_use_native_aio = 0
performance_schema = 0
`;
}

/** As galera_recovery does before each start of the service: from where it needs the others' help. */
async function startPosition(
  lab: Lab,
  program: string,
  flags: readonly string[],
  folder: string,
): Promise<string[]> {
  mkdirSync(join(folder, 'data'), { recursive: true });
  if (!existsSync(join(folder, 'data/grastate.dat'))) return [];
  const log = join(folder, 'recovery.log');
  rmSync(log, { force: true });
  await gone(lab.spawn('recovery', program, [...flags, '--wsrep-recover', `--log-error=${log}`]), 120_000);
  const position = /Recovered position:\s*(\S+)/.exec(readFileSync(log, 'utf8'))?.[1];
  return position ? [`--wsrep-start-position=${position}`] : [];
}

function openArbitrator(lab: Lab, zone: Zone, addresses: readonly string[]): ClusterPart {
  const settings = readFileSync(join(deployed, 'garb.default'), 'utf8');
  const setting = (name: string) => new RegExp(`^${name}="([^"]+)"`, 'm').exec(settings)![1]!;
  const options = setting('GALERA_OPTIONS').replace(/tcp:\/\/[^;]+/, `tcp://${zone.address}:4567`);
  const nodes = addresses.slice(0, 2).map((address) => `${address}:4567`);
  return lookedAfter(lab, zone, findProgram('garbd')!, async () => [
    `--address=gcomm://${nodes.join(',')}`,
    `--group=${setting('GALERA_GROUP')}`,
    `--options=${options}`,
  ]);
}

const restartMs = 2000;
const mostRestarts = 20;

/** Started again when it ends of its own accord, as the drop-ins for systemd have it. */
function lookedAfter(
  lab: Lab,
  zone: Zone,
  program: string,
  argsOf: (options: { newCluster?: boolean }) => Promise<string[]>,
): ClusterPart {
  let child: ChildProcess | undefined;
  let isWanted = false;
  let restarts = 0;
  const launch = async (options: { newCluster?: boolean }) => {
    const args = await argsOf(options);
    if (!isWanted) return;
    const started = zone.spawn(zone.name, program, args, { cwd: lab.folder });
    child = started;
    started.once('exit', async () => {
      if (!isWanted || child !== started) return;
      if (++restarts > mostRestarts) return lab.say(`${zone.name} ends again and again: see its log`);
      await sleep(restartMs);
      if (isWanted && child === started) await launch({});
    });
  };
  lab.defer(() => {
    isWanted = false;
  });
  return {
    name: zone.name,
    zone,
    async start(options = {}) {
      isWanted = true;
      await launch(options);
    },
    async kill() {
      isWanted = false;
      child?.kill('SIGKILL');
      if (child) await gone(child);
    },
    isRunning: () => child !== undefined && isRunning(child),
  };
}

const accountPassword = 'drill';

/** What the deployed file makes. For the tests the application has more databases, and may do no more in them. */
function makeAccounts({ socket }: GaleraNode): void {
  const statements = readFileSync(join(deployed, 'users.sql'), 'utf8')
    .replaceAll("@'10.0.%'", "@'%'")
    .replaceAll(/PASSWORD-OF-\w+/g, accountPassword);
  const input = `${statements}\nGRANT ALL ON \`moa\\_t%\`.* TO moa@'%';\n`;
  execFileSync(findProgram('mariadb')!, ['--no-defaults', '--user=root', `--socket=${socket}`], {
    input,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
}

async function ask(socketPath: string, sql: string): Promise<Record<string, unknown>[] | undefined> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('late')), 5000);
  late.catch(() => {});
  let connection: mariadb.Connection | undefined;
  try {
    connection = await mariadb.createConnection({ socketPath, user: 'root', connectTimeout: 2000 });
    connection.on('error', () => {});
    return await Promise.race([connection.query(sql), late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
    await connection?.end().catch(() => {});
  }
}

export interface DatabaseProxy {
  /** Where the application finds the one node that takes writes. */
  url: string;
  /** The name of that node; empty while there is none. */
  writer(): Promise<string>;
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** HAProxy of one of two application hosts, with the files of `deploy/haproxy`. */
export async function openProxy(
  lab: Lab,
  cluster: Cluster,
  host: 'one' | 'two' = 'one',
): Promise<DatabaseProxy> {
  const folder = join(lab.folder, `haproxy-${host}`);
  mkdirSync(folder);
  const account = join(folder, 'check.cnf');
  const check = join(folder, 'check');
  writeFileSync(account, `[client]\nuser=moa_check\npassword=${accountPassword}\n`, { mode: 0o600 });
  const script = join(projectFolder, 'deploy/haproxy/check-galera');
  writeFileSync(check, `#!/bin/sh\nMOA_CHECK_ACCOUNT='${account}' exec '${script}' "$@"\n`);
  chmodSync(check, 0o755);

  const port = host === 'one' ? 3307 : 3308;
  const env = {
    ...process.env,
    MOA_DATABASE_BIND: `127.0.0.1:${port}`,
    MOA_DATABASE_A: cluster.nodes[0].address,
    MOA_DATABASE_B: cluster.nodes[1].address,
    MOA_DATABASE_CHECK: check,
    MOA_HAPROXY_SOCKET: join(folder, 'admin.sock'),
  };
  let child: ChildProcess | undefined;
  const start = async () => {
    const config = join(projectFolder, 'deploy/haproxy/haproxy.cfg');
    child = lab.spawn(`haproxy-${host}`, findProgram('haproxy')!, ['-db', '-f', config], { env });
    await until('HAProxy finds a node', async () => (await writer()) !== '');
  };
  const writer = async () => {
    const connection = await mariadb
      .createConnection({
        host: '127.0.0.1',
        port,
        user: 'moa',
        password: accountPassword,
        connectTimeout: 1500,
      })
      .catch(() => undefined);
    connection?.on('error', () => {});
    const rows = await connection?.query('SELECT @@wsrep_node_name AS name').catch(() => undefined);
    await connection?.end().catch(() => {});
    return rows?.[0]?.name ?? '';
  };
  await start();
  return {
    url: `mysql://moa:${accountPassword}@127.0.0.1:${port}/moa`,
    writer,
    start,
    async kill() {
      child?.kill('SIGKILL');
      if (child) await gone(child);
    },
  };
}
