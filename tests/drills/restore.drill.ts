import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Ctx } from '#lib/ctx.ts';
import { dateTime } from '#lib/dates.ts';
import { openDb, transaction } from '#lib/db.ts';
import { rowsOf } from '#lib/invariants.ts';
import { addStore, enterStoreOrder } from '#stores';
import { fillYear } from '../../bench/lists/shop.ts';
import { restoreNeeds } from '../../bin/backups/programs.ts';
import { projectFolder } from '../../bin/folders.ts';
import { createDatabase, mariadbServer, mariadbUrl } from '../../bin/mariadb-server.ts';
import type { DrillResult } from '../../bin/restore-drill.ts';
import { type ServerKind, serverProcess } from '../../bin/server-process.ts';
import { invariants as rulesOfDeliveries } from '../../src/deliveries/invariants.ts';
import { refreshDeliveries } from '../../src/deliveries/refreshing.ts';
import { aForm } from '../stores/forms.ts';
import { prepareDatabase, settingsOf } from './lab/app.ts';
import type { Drill } from './lab/drill.ts';
import type { Lab } from './lab/lab.ts';
import { startRedis } from './lab/servers.ts';
import { lookInto } from './lab/shop.ts';

/** An order that whoever entered it was told of, and when. */
interface Acked {
  orderNo: string;
  at: number;
}

const drill: Drill = {
  title: 'the database is lost with its disk, and comes back from what was backed up',
  needs: restoreNeeds,
  quick: true,
  async run(lab) {
    const orders = lab.option('orders', lab.quick ? 300 : 1_000_000);
    const place = placeFor(lab, orders);
    const [mariadb, redis] = await Promise.all([startLoggedMariadb(lab, place), startRedis(lab)]);
    const settings = settingsOf({ DATABASE_URL: mariadb.url, REDIS_URL: redis.url });
    await prepareDatabase(settings);
    const { ctx } = await lookInto(lab, settings);
    lab.say(`writing a year of ${orders} orders`);
    await fill(ctx, orders);
    const backups = backupsOf(place, settings, await backupUser(ctx, mariadb.url));

    const clerk = await startClerk(ctx);
    const fullSeconds = await backups.run('full');
    lab.say(`a full back-up took ${fullSeconds} s`);
    const moment = await momentBetweenOrders(clerk);
    await sleep(lab.quick ? 500 : 5000);
    const logSeconds = Math.max(await backups.run('log'), await backups.run('log'));
    await sleep(lab.quick ? 300 : 3000);
    mariadb.kill();
    const lostAt = Date.now();
    const acked = await clerk.stop();
    rmSync(mariadb.folder, { recursive: true, maxRetries: 20, retryDelay: 50 });
    lab.say(`the database is gone; ${acked.length} orders were entered meanwhile`);

    const newest = await backups.restore(join(place, 'newest'), []);
    const there = await ordersIn(lab, settings, join(place, 'newest'));
    const until = Date.parse(newest.restoredUntil);
    const safe = acked.filter(({ at }) => at < until);
    const lost = safe.filter(({ orderNo }) => !there.has(orderNo));

    const measures = [
      { what: 'orders in the back-up', value: newest.orders, atLeast: orders },
      { what: 'orders entered while it was made and since', value: acked.length, atLeast: 10 },
      { what: 'acknowledged before the last log was kept, and lost', value: lost.length, atMost: 0 },
      { what: 'what does not hold in the restored data', value: newest.findings, atMost: 0 },
      { what: 'rules that could not be looked at', value: newest.left, atMost: 0 },
      { what: 'lost this time', value: Math.round((lostAt - until) / 100) / 10, unit: 's' },
      {
        what: 'RPO at worst: the timer of the logs and what keeping one takes',
        value: timerSeconds() + logSeconds,
        unit: 's',
        atMost: 300,
      },
      { what: 'RTO: unpacked, replayed and checked', value: newest.rtoSeconds, unit: 's', atMost: 1800 },
      ...Object.entries(newest.steps).map(([step, value]) => ({ what: `of this ${step}`, value, unit: 's' })),
      { what: 'a full back-up', value: fullSeconds, unit: 's' },
    ];
    if (!lab.quick && lab.option('chosen', 0) === 0) return measures;

    const exact = await backups.restore(join(place, 'chosen'), ['--until', dateTime(new Date(moment))]);
    const then = await ordersIn(lab, settings, join(place, 'chosen'));
    const early = acked.filter(({ at, orderNo }) => at < moment && !then.has(orderNo));
    const late = acked.filter(({ at, orderNo }) => at > moment + 1000 && then.has(orderNo));
    return [
      ...measures,
      {
        what: 'restored to a chosen second: orders before it that are missing',
        value: early.length,
        atMost: 0,
      },
      { what: 'restored to a chosen second: orders after it that are there', value: late.length, atMost: 0 },
      { what: 'what does not hold at that second', value: exact.findings, atMost: 0 },
    ];
  },
};

export default drill;

/** A shop of some size lies on the disk: how long it takes to come back is a matter of disks. */
function placeFor(lab: Lab, orders: number): string {
  if (orders <= 10_000) return lab.folder;
  const place = mkdtempSync(join(tmpdir(), 'moa-drill-restore-'));
  process.on('exit', () => rmSync(place, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));
  return place;
}

/** Writes a binary log, and keeps what was committed through a kill. */
async function startLoggedMariadb(lab: Lab, place: string) {
  const server = serverProcess(logged(mariadbServer('durable')), join(place, 'mariadb'));
  lab.defer(() => server.kill());
  process.on('exit', () => server.kill());
  await server.start();
  await createDatabase(server.socket, 'moa');
  return { ...server, url: mariadbUrl(server.socket, 'moa') };
}

function logged(kind: ServerKind): ServerKind {
  return {
    ...kind,
    command(folder, socket) {
      const { program, args } = kind.command(folder, socket);
      const own = [
        '--log-bin=binlog',
        '--binlog-format=ROW',
        '--server-id=1',
        '--innodb-buffer-pool-size=1536M',
      ];
      return { program, args: [...args.filter((arg) => arg !== '--skip-log-bin'), ...own] };
    },
  };
}

async function fill(ctx: Ctx, orders: number): Promise<void> {
  const db = openDb(ctx.config.databaseUrl, { max: 1 }); // the script leaves variables behind
  await db.raw('SET SESSION sql_log_bin = 0'); // it is older than any back-up
  await fillYear(db, orders, async () => {
    const script = readFileSync(join(import.meta.dirname, 'restore-shop.sql'), 'utf8').replace(
      /^--.*$/gm,
      '',
    );
    for (const statement of script.split(/;\n/))
      if (statement.trim() !== '') await db.raw(statement.replaceAll('?', '\\?'));
  });
  await db.destroy();
  await tidyDeliveries(ctx);
}

/** The made-up year is rougher than the program: deliveries are summed up once more where they differ. */
async function tidyDeliveries(ctx: Ctx): Promise<void> {
  const rule = rulesOfDeliveries.find(({ name }) => name === 'deliveries.sums')!;
  const ids: number[] = [];
  const snap = { ...ctx, window: { unseen: [], settling: [] } };
  for await (const { href } of rule.find(snap)) ids.push(Number(href.split('/').at(-1)));
  for (let at = 0; at < ids.length; at += 500)
    await transaction(ctx, (tx) => refreshDeliveries(tx, ids.slice(at, at + 500)));
}

interface Clerk {
  acked: readonly Acked[];
  /** Ends; gives the orders that were acknowledged. */
  stop(): Promise<readonly Acked[]>;
}

/** Enters one order after the other, until the database is gone. */
async function startClerk(ctx: Ctx): Promise<Clerk> {
  const storeId = await addStore(ctx, { name: '본점', prefix: 'HQ', phone: '0212345678', address: '서울' });
  const acked: Acked[] = [];
  let isOpen = true;
  const work = async () => {
    while (isOpen) {
      try {
        const { orderNo } = await enterStoreOrder(ctx, aForm(storeId));
        acked.push({ orderNo, at: Date.now() });
      } catch {
        return; // the database is gone
      }
      await sleep(20);
    }
  };
  const working = work();
  return {
    acked,
    async stop() {
      isOpen = false;
      await working;
      return acked;
    },
  };
}

/** The beginning of a second, with orders before and behind it. */
async function momentBetweenOrders(clerk: Clerk): Promise<number> {
  await sleep(1500);
  const moment = Math.floor(Date.now() / 1000) * 1000;
  for (const giveUpAt = Date.now() + 30_000; Date.now() < giveUpAt; await sleep(50))
    if (clerk.acked.some(({ at }) => at > moment + 1500)) return moment;
  throw new Error('no order was entered within 30 s');
}

/** The user of deploy/backup, with no more than its rights; a password stands for the system's account mysql. */
async function backupUser(ctx: Ctx, url: string): Promise<string> {
  const script = readFileSync(join(projectFolder, 'deploy/backup/backup-user.sql'), 'utf8');
  const asked = script.replace(/^--.*$/gm, '').replace('VIA unix_socket', "BY 'backup'");
  await ctx.db.raw("DROP USER IF EXISTS 'mysql'@'localhost'");
  for (const statement of asked.split(';')) if (statement.trim() !== '') await ctx.db.raw(statement);
  const own = new URL(url);
  [own.username, own.password] = ['mysql', 'backup'];
  return own.href;
}

/** bin/backup and bin/restore-drill as timers run them, with a key of their own. */
function backupsOf(place: string, settings: Record<string, string>, url: string) {
  const key = join(place, 'key');
  const secret = join(place, 'etc', 'secret');
  mkdirSync(join(place, 'etc'));
  writeFileSync(secret, settings.MOA_SECRET!);
  const env = {
    ...process.env,
    MOA_DATA: join(place, 'data-of-backups'),
    BACKUP_DIR: join(place, 'backups'),
    BACKUP_NAME: 'db1',
    BACKUP_RECIPIENTS: `${key}.pub`,
    BACKUP_IDENTITY: key,
    BACKUP_DATABASE_URL: url,
    BACKUP_ALSO: secret,
    MOA_SECRET: '', // it has to be found in the back-up
  };
  const call = async (script: string, args: readonly string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(projectFolder, 'bin', script), ...args],
      { env, maxBuffer: 64 * 2 ** 20 },
    ).catch((error: Error & { stderr?: string; stdout?: string }) => {
      throw new Error(`${script} ${args.join(' ')} failed:\n${error.stderr}\n${error.stdout}`);
    });
    return stdout;
  };
  const ready = call('backup.ts', ['new-key', key]);
  return {
    async run(kind: 'full' | 'log'): Promise<number> {
      await ready;
      const startedAt = performance.now();
      await call('backup.ts', [kind]);
      return Math.round((performance.now() - startedAt) / 100) / 10;
    },
    async restore(keep: string, args: readonly string[]): Promise<DrillResult> {
      const told = await call('restore-drill.ts', ['--no-record', '--keep', keep, ...args]);
      return JSON.parse(told.trim().split('\n').at(-1)!) as DrillResult;
    },
  };
}

/** What the restored data holds, as a server sees it that is started on it. */
async function ordersIn(
  lab: Lab,
  settings: Record<string, string>,
  folder: string,
): Promise<ReadonlySet<string>> {
  const server = serverProcess(mariadbServer('throw-away'), folder);
  lab.defer(() => server.kill());
  process.on('exit', () => server.kill());
  await server.start();
  const { runtime } = await lookInto(lab, {
    ...settings,
    DATABASE_URL: mariadbUrl(server.socket, 'moa'),
    REDIS_URL: (await startRedis(lab, `redis-${basename(folder)}`)).url,
  });
  const rows = await rowsOf<{ order_no: string }>(
    runtime,
    "SELECT order_no FROM orders WHERE order_no LIKE 'HQ-%'",
  );
  return new Set(rows.map(({ order_no }) => order_no));
}

function timerSeconds(): number {
  const timer = readFileSync(join(projectFolder, 'deploy/backup/moa-backup-log.timer'), 'utf8');
  const minutes = /^OnCalendar=\*:0\/(\d+)$/m.exec(timer)?.[1];
  if (!minutes) throw new Error('the timer of the logs says no minutes');
  return Number(minutes) * 60;
}
