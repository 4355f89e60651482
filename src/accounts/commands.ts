import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { type Ctx, systemActor } from '#lib/ctx.ts';
import { Refusal } from '#lib/errors.ts';
import {
  changePassword,
  createUser,
  disableUser,
  enableUser,
  inviteUser,
  issueLink,
  unlockUser,
} from './managing.ts';
import { makeFirstAdminLink, type PasswordLink } from './password-links.ts';
import { roleNames } from './permissions.ts';
import { findUserByLogin } from './queries.ts';
import { resetSecondFactor } from './second-factor/enrolling.ts';
import { openPlaces } from './sign-in-rules/rules.ts';

export interface CommandIo {
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
}

const usage = `사용법:
  user add 아이디 --name 이름 --role 역할 [--password 비밀번호 | --link]
  user password 아이디 [--password 비밀번호]
  user reset 아이디 [--close]     본인이 비밀번호를 정하는 링크. --close 는 지금 비밀번호를 바로 막습니다.
  user unlock 아이디
  user disable 아이디
  user enable 아이디
  user reset-second-factor 아이디  휴대전화와 복구 코드를 모두 잃은 사람에게
  user open-places               주소가 바뀌어 아무도 못 들어올 때: 모든 역할을 어디서나 들어오게 합니다.
  user first-admin               관리자가 없을 때 첫 관리자를 만드는 링크
비밀번호를 적지 않으면 표준 입력의 첫 줄을 읽습니다.`;

type Options = { name?: string; role?: string; password?: string; link?: boolean; close?: boolean };

/** `bin/moa user …`: JSON to stdout, Korean to stderr. Throws `Refusal` and `NotFound` for the caller to say. */
export async function userCommands(ctx: Ctx, argv: readonly string[], io: CommandIo): Promise<void> {
  const { positionals, values } = readArguments(argv);
  const [command, login, ...rest] = positionals;
  if (command === 'first-admin' && !login) return showFirstAdminLink(ctx, io);
  if (command === 'open-places' && !login) return openAllPlaces(ctx, io);
  if (!login || rest.length > 0) throw new Refusal(usage);
  if (command === 'add') return addUser(ctx, login, values, io);

  const act = acts[command ?? ''];
  if (!act) throw new Refusal(usage);
  const user = await findUserByLogin(ctx, login);
  const { message, ...result } = await act(ctx, user, values, io);
  report(io, { id: user.id, login: user.login, ...result }, message);
}

async function openAllPlaces(ctx: Ctx, io: CommandIo): Promise<void> {
  const opened = await openPlaces(ctx);
  const message = opened
    ? `역할 ${opened}개를 어디서나 들어오게 했습니다. 주소 목록은 그대로입니다.`
    : '주소로 막힌 역할이 없습니다.';
  report(io, { opened }, message);
}

type Act = (
  ctx: Ctx,
  user: { id: number; login: string },
  values: Options,
  io: CommandIo,
) => Promise<{ message: string } & Record<string, unknown>>;

const acts: Record<string, Act> = {
  async password(ctx, { id, login }, values, io) {
    await changePassword(ctx, id, await readPassword(values, io));
    return { message: `'${login}'의 비밀번호를 바꿨습니다.` };
  },
  async reset(ctx, { id, login }, { close }) {
    const link = await issueLink(ctx, id, { closing: close });
    return { ...linkResult(ctx, link), message: linkMessage(`'${login}'에게 전할 링크입니다.`) };
  },
  async 'reset-second-factor'(ctx, { id, login }) {
    await resetSecondFactor(ctx, id);
    return { message: `'${login}'의 2단계 인증을 초기화했습니다.` };
  },
  async unlock(ctx, { id, login }) {
    await unlockUser(ctx, id);
    return { message: `'${login}'이 다시 로그인할 수 있습니다.` };
  },
  async disable(ctx, { id, login }) {
    await disableUser(ctx, id);
    return { disabled: true, message: `'${login}'의 계정을 중지했습니다.` };
  },
  async enable(ctx, { id, login }) {
    await enableUser(ctx, id);
    return { disabled: false, message: `'${login}'의 계정을 다시 열었습니다.` };
  },
};

async function addUser(ctx: Ctx, login: string, values: Options, io: CommandIo): Promise<void> {
  const role = await readRole(ctx, values.role);
  const name = values.name?.trim();
  if (!name) throw new Refusal('--name 으로 이름을 적어 주세요.');
  const user = { login, name, role };
  const made = `사용자 '${login}'를 만들었습니다.`;
  if (values.link) {
    const { id, link } = await inviteUser(ctx, user);
    return report(io, { id, ...user, ...linkResult(ctx, link) }, linkMessage(made));
  }
  const id = await createUser(ctx, { ...user, password: await readPassword(values, io) });
  report(io, { id, ...user }, made);
}

async function showFirstAdminLink(ctx: Ctx, io: CommandIo): Promise<void> {
  const link = await makeFirstAdminLink({ ...ctx, actor: systemActor });
  if (!link) throw new Refusal('관리자가 이미 있습니다. 관리자를 더하려면 user add 를 쓰세요.');
  report(io, linkResult(ctx, link), linkMessage('첫 관리자를 만드는 링크입니다.'));
}

function linkResult(ctx: Ctx, { path, expiresAt }: PasswordLink) {
  const { host, port } = ctx.config;
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const place = reachable.includes(':') ? `[${reachable}]` : reachable;
  return { link: `http://${place}:${port}${path}`, expires_at: expiresAt.toISOString() };
}

function linkMessage(what: string): string {
  return `${what} 24시간 안에 한 번 쓸 수 있습니다. 다른 주소로 접속한다면 앞부분을 그 주소로 바꿔 여세요.`;
}

function readArguments(argv: readonly string[]): { positionals: string[]; values: Options } {
  const option = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { name: option, role: option, password: option, link: flag, close: flag },
    });
  } catch {
    throw new Refusal(usage);
  }
}

async function readRole(ctx: Ctx, role: string | undefined): Promise<string> {
  const codes = Object.keys(await roleNames(ctx));
  if (role && codes.includes(role)) return role;
  throw new Refusal(`--role 은 ${codes.join(', ')} 가운데 하나여야 합니다.`);
}

async function readPassword(values: Options, io: CommandIo): Promise<string> {
  if (values.password !== undefined) return values.password;
  if (io.stdin.isTTY) io.stderr.write('비밀번호를 입력하고 Ctrl-D를 누르세요.\n');
  return (await text(io.stdin)).split(/\r?\n/)[0] ?? '';
}

function report(io: CommandIo, result: object, message: string): void {
  io.stdout.write(`${JSON.stringify(result)}\n`);
  io.stderr.write(`${message}\n`);
}
