import type { Readable, Writable } from 'node:stream';
import { userCommands } from '#accounts';
import type { Config } from '#lib/config.ts';
import { type Ctx, systemActor } from '#lib/ctx.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { openRuntime } from '#lib/runtime.ts';
import { accessCommand } from '#personal';
import { checkCommand } from './check-command.ts';
import { classifyCommand, deliveriesCommand, exportCommand, importCommand } from './commands.ts';
import { redisSwitchCommand } from './redis-switch-command.ts';
import { rightsCommand } from './rights-command.ts';
import { secretsCommand } from './secrets-command.ts';

export interface CommandIo {
  config: Config;
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
}

export type Command = (ctx: Ctx, args: string[], io: CommandIo) => Promise<number>;

const commands: Record<string, Command> = {
  import: importCommand,
  classify: classifyCommand,
  deliveries: deliveriesCommand,
  export: exportCommand,
  rights: rightsCommand,
  access: accessCommand,
  check: checkCommand,
  secrets: secretsCommand,
  user: async (ctx, args, io) => {
    await userCommands(ctx, args, io);
    return 0;
  },
};

const help = `쓰는 법
  bin/moa import 파일 --channel smartstore [--password 비밀번호] [--apply]
  bin/moa classify < 우편번호목록
  bin/moa deliveries --json [--from 2026-11-01] [--to 2026-11-30]
  bin/moa export dispatch --channel smartstore --out 파일.xlsx
  bin/moa access verify
  bin/moa check
  bin/moa secrets [reseal]
  bin/moa redis-switch
  bin/moa rights [--json]
  bin/moa user add|password|reset|reset-second-factor|unlock|disable|enable 아이디
  bin/moa user open-places
  bin/moa user first-admin
`;

const wrongCall = `모르는 옵션이 있거나 옵션의 값이 빠졌습니다.\n${help}`;

/** Runs one command: its result goes to stdout, what a person should know to stderr. Returns the exit code. */
export async function run(argv: string[], io: CommandIo): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === 'help' || name === '--help') {
    io.stderr.write(help);
    return name === undefined ? 1 : 0;
  }
  if (name === 'redis-switch') return await redisSwitchCommand(args, io);
  const command = commands[name];
  if (!command) {
    io.stderr.write(`‘${name}’ 명령은 없습니다.\n${help}`);
    return 1;
  }
  const runtime = await openRuntime(io.config, 'moa');
  try {
    return await command(runtime.ctxFor(systemActor), args, io);
  } catch (error) {
    if (!isForPeople(error)) throw error;
    io.stderr.write(isWrongCall(error) ? wrongCall : `${(error as Error).message}\n`);
    return 1;
  } finally {
    await runtime.close();
  }
}

function isForPeople(error: unknown): boolean {
  return error instanceof Refusal || error instanceof NotFound || isWrongCall(error);
}

function isWrongCall(error: unknown): boolean {
  return String((error as { code?: string }).code).startsWith('ERR_PARSE_ARGS');
}
