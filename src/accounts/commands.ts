import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import type { Ctx } from '#lib/ctx.ts';
import { Refusal } from '#lib/errors.ts';
import { type Role, roles } from '#lib/module.ts';
import { changePassword, createUser, disableUser } from './managing.ts';
import { findUserByLogin } from './queries.ts';

export interface CommandIo {
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
}

const usage = `사용법:
  user add 아이디 --name 이름 --role admin|office|delivery|crew|store [--password 비밀번호]
  user password 아이디 [--password 비밀번호]
  user disable 아이디
비밀번호를 적지 않으면 표준 입력의 첫 줄을 읽습니다.`;

/** `bin/moa user …`: JSON to stdout, Korean to stderr. Throws `Refusal` and `NotFound` for the caller to say. */
export async function userCommands(ctx: Ctx, argv: readonly string[], io: CommandIo): Promise<void> {
  const { positionals, values } = readArguments(argv);
  const [command, login, ...rest] = positionals;
  if (!login || rest.length > 0) throw new Refusal(usage);

  if (command === 'add') {
    const role = readRole(values.role);
    const name = values.name?.trim();
    if (!name) throw new Refusal('--name 으로 이름을 적어 주세요.');
    const id = await createUser(ctx, { login, name, role, password: await readPassword(values, io) });
    return report(io, { id, login, name, role }, `사용자 '${login}'를 만들었습니다.`);
  }
  const user = await findUserByLogin(ctx, login);
  if (command === 'password') {
    await changePassword(ctx, user.id, await readPassword(values, io));
    return report(io, { id: user.id, login }, `'${login}'의 비밀번호를 바꿨습니다.`);
  }
  if (command === 'disable') {
    await disableUser(ctx, user.id);
    return report(io, { id: user.id, login, disabled: true }, `'${login}'의 계정을 중지했습니다.`);
  }
  throw new Refusal(usage);
}

function readArguments(argv: readonly string[]) {
  const option = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { name: option, role: option, password: option },
    });
  } catch {
    throw new Refusal(usage);
  }
}

function readRole(role: string | undefined): Role {
  if ((roles as readonly string[]).includes(role ?? '')) return role as Role;
  throw new Refusal(`--role 은 ${roles.join(', ')} 가운데 하나여야 합니다.`);
}

async function readPassword(values: { password?: string }, io: CommandIo): Promise<string> {
  if (values.password !== undefined) return values.password;
  if (io.stdin.isTTY) io.stderr.write('비밀번호를 입력하고 Ctrl-D를 누르세요.\n');
  return (await text(io.stdin)).split(/\r?\n/)[0] ?? '';
}

function report(io: CommandIo, result: object, message: string): void {
  io.stdout.write(`${JSON.stringify(result)}\n`);
  io.stderr.write(`${message}\n`);
}
