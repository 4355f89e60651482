import assert from 'node:assert/strict';
import { test } from 'node:test';
import { io, type Socket } from 'socket.io-client';
import { may } from '#lib/ctx.ts';
import type { LiveProgress } from '#lib/live.ts';
import type { AppModule, Role } from '#lib/module.ts';
import { accounts } from '../../src/accounts/module.ts';
import { type Office, openOffice } from '../support/office.ts';

test('a page that watches an import hears how it comes along and that it has finished', async () => {
  const { module, goOn } = readingModule();
  await using office = await openOffice({ modules: [accounts, module] });
  using socket = await connect(office, 'office');
  await office.runtime.jobs.add('read', { importId: 7 });
  const report = firstReport(socket);
  const finished = next(socket, 'finished');
  socket.emit('watch', { importId: 7 });

  const running = office.runJobs();
  assert.deepEqual(await report, { importId: 7, done: 500, total: 1000, stage: '읽는 중' });
  goOn();
  assert.deepEqual(await finished, { importId: 7 });
  await running;
});

test('a page that comes late is told at once how far the job is', async () => {
  const { module, goOn, reported } = readingModule();
  await using office = await openOffice({ modules: [accounts, module] });
  await office.runtime.jobs.add('read', { importId: 7 });
  const running = office.runJobs();
  await reported;

  using socket = await connect(office, 'office');
  const report = firstReport(socket);
  socket.emit('watch', { importId: 7 });
  assert.deepEqual(await report, { importId: 7, done: 500, total: 1000, stage: '읽는 중' });
  goOn();
  await running;
});

test('strangers and other sites do not get in', async () => {
  await using office = await openOffice();
  await assert.rejects(connect(office), /sign-in needed/);
  await assert.rejects(connect(office, 'admin', { origin: 'https://evil.example' }), /websocket error/);
});

test('whoever may not see imports hears nothing of them', async () => {
  const { module, goOn } = readingModule();
  await using office = await openOffice({ modules: [accounts, module] });
  using office1 = await connect(office, 'office');
  using crew = await connect(office, 'delivery');
  const heard: unknown[] = [];
  crew.onAny((event) => heard.push(event));
  for (const socket of [office1, crew]) {
    for (const request of [{ importId: 7 }, null, { importId: 'x' }]) socket.emit('watch', request);
  }
  const finished = next(office1, 'finished');
  goOn();
  await office.runtime.jobs.add('read', { importId: 7 });
  await office.runJobs();
  await finished;
  assert.deepEqual(heard, []);
});

test('what is taken from somebody while they watch is told to them no more', async () => {
  const { module, goOn, reported } = readingModule();
  await using office = await openOffice({ modules: [accounts, module] });
  using clerk = await connect(office, 'office');
  using admin = await connect(office, 'admin');
  const heard: string[] = [];
  clerk.onAny((event) => heard.push(event));
  await office.runtime.jobs.add('read', { importId: 7 });
  const running = office.runJobs();
  await reported;
  const [report, told] = [firstReport(clerk), firstReport(admin)];
  for (const socket of [clerk, admin]) socket.emit('watch', { importId: 7 });
  await Promise.all([report, told]);

  const [role] = await office.runtime.db('roles').where({ code: 'office' });
  await office.runtime
    .db('role_permissions')
    .insert({ role_id: role.id, permission: 'imports.view', granted: 0 });
  await new Promise((resolve) => setTimeout(resolve, 1100)); // the answer of a second ago holds no longer
  const finished = next(admin, 'finished');
  goOn();
  await Promise.all([finished, running]);
  assert.ok(heard.includes('progress') && !heard.includes('finished'), heard.join());
});

function next(socket: Socket, event: string): Promise<Partial<LiveProgress>> {
  return new Promise((resolve) => socket.once(event, resolve));
}

/** The first one that says more than that the job has begun. */
function firstReport(socket: Socket): Promise<LiveProgress> {
  return new Promise((resolve) => {
    socket.on('progress', (report: LiveProgress) => report.stage && resolve(report));
  });
}

type DisposableSocket = Socket & Disposable;

async function connect(
  office: Office,
  role?: Role,
  headers: Record<string, string> = {},
): Promise<DisposableSocket> {
  const client = role ? await office.as(role) : office.stranger();
  const cookie = `moa.sid=${client.cookie('moa.sid')}`;
  const socket = io(office.url, {
    transports: ['websocket'],
    extraHeaders: { origin: office.url, cookie, ...headers },
    reconnection: false,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return Object.assign(socket, { [Symbol.dispose]: () => void socket.disconnect() });
}

/** A job that reports once and waits to be told to go on. */
function readingModule() {
  const reported = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const module: AppModule = {
    name: 'reading',
    permissions: [{ code: 'imports.view', name: '가져오기 보기', roles: ['admin', 'office'] }],
    watchables: [{ key: 'importId', mayWatch: async (ctx) => may(ctx, 'imports.view') }],
    jobs: [
      {
        name: 'read',
        run: async (_ctx, _data, progress) => {
          progress(500, 1000, '읽는 중');
          reported.resolve();
          await released.promise;
        },
      },
    ],
  };
  return { module, reported: reported.promise, goOn: released.resolve };
}
