import { Refusal } from '#lib/errors.ts';
import { switchRedis } from '#lib/redis-switch.ts';
import type { CommandIo } from './cli.ts';

/** `redis-switch`: for planned work on the host of the primary. It needs neither the database nor the application. */
export async function redisSwitchCommand(
  args: string[],
  { config, stdout, stderr }: CommandIo,
): Promise<number> {
  try {
    if (args.length > 0) throw new Refusal('쓰는 법: bin/moa redis-switch');
    const { from, to, pausedMs } = await switchRedis(config.redisUrl, (text) => stderr.write(`${text}\n`));
    stdout.write(`${JSON.stringify({ from, to, pausedMs })}\n`);
    stderr.write(
      `주 서버를 ${from}에서 ${to}로 바꿨습니다. 쓰기가 멈춘 시간은 ${(pausedMs / 1000).toFixed(1)}초입니다.\n`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    stderr.write(`${error.message}\n`);
    return 1;
  }
}
