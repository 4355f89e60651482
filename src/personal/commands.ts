import { parseArgs } from 'node:util';
import type { Ctx } from '#lib/ctx.ts';
import { Refusal } from '#lib/errors.ts';
import { verifyAccess } from './verifying.ts';

interface Output {
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
}

/** `bin/moa access verify`: JSON to stdout, what does not belong to stderr; 1 when there is any of it. */
export async function accessCommand(ctx: Ctx, argv: readonly string[], io: Output): Promise<number> {
  const { positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: {} });
  if (positionals.length !== 1 || positionals[0] !== 'verify')
    throw new Refusal('접속기록에 할 일은 verify(확인)입니다. 예: bin/moa access verify');
  const { problems, problemCount, ...found } = await verifyAccess(ctx);
  io.stdout.write(`${JSON.stringify({ ...found, problems: problemCount })}\n`);
  for (const problem of problems) io.stderr.write(`${problem}\n`);
  if (!found.locked)
    io.stderr.write(
      '데이터베이스가 고치기와 지우기를 막고 있지 않습니다. 트리거를 만들 권한을 확인해 주세요.\n',
    );
  if (problemCount > 0) return 1;
  io.stderr.write(`접속기록 ${found.checked.toLocaleString('ko-KR')}건에 이상이 없습니다.\n`);
  return 0;
}
