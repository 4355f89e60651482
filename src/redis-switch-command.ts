import { parseArgs } from 'node:util';
import { switchRedis } from '#lib/redis-switch.ts';
import type { CommandIo } from './cli.ts';

/** `redis-switch`: for planned work on the host of the primary. It needs neither the database nor the application. */
export async function redisSwitchCommand(args: string[], io: CommandIo): Promise<number> {
  parseArgs({ args, options: {} });
  const { from, to, pausedMs } = await switchRedis(io.config.redisUrl, (text) =>
    io.stderr.write(`${text}\n`),
  );
  io.stdout.write(`${JSON.stringify({ from, to, pausedMs })}\n`);
  io.stderr.write(
    `주 서버를 ${from}에서 ${to}로 바꿨습니다. 쓰기가 멈춘 시간은 ${(pausedMs / 1000).toFixed(1)}초입니다.\n`,
  );
  return 0;
}
