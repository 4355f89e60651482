import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { exportDispatchFile, findChannelByCode, importFile } from '#channels';
import { deliveryFigures } from '#deliveries';
import { isDay } from '#lib/dates.ts';
import { Refusal } from '#lib/errors.ts';
import { classifyCsv, loadRegionBook } from '#regions';
import { writers } from './channels/jobs.ts';
import type { Command } from './cli.ts';

/** `import FILE --channel CODE [--password P] [--apply]` */
export const importCommand: Command = async (ctx, args, io) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { channel: { type: 'string' }, password: { type: 'string' }, apply: { type: 'boolean' } },
  });
  const [path] = positionals;
  if (!path || positionals.length > 1)
    throw new Refusal('가져올 파일을 하나 적어 주세요. 예: bin/moa import 주문.xlsx --channel smartstore');
  if (!values.channel) throw new Refusal('--channel 로 채널을 적어 주세요. 예: --channel smartstore');
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new Refusal(`‘${path}’ 파일을 찾을 수 없습니다.`);
  if (!found.isFile()) throw new Refusal(`‘${path}’은(는) 파일이 아닙니다.`);
  const channel = await findChannelByCode(ctx, values.channel);
  const summary = await importFile(ctx, channel, {
    file: { name: basename(path), path },
    password: values.password,
    apply: values.apply ?? false,
    writers,
    progress: (done, total, stage) => io.stderr.write(`${stage} ${done}/${total}\n`),
  });
  io.stdout.write(`${JSON.stringify(summary)}\n`);
  return 0;
};

/** `classify`: postal codes from stdin, CSV to stdout. */
export const classifyCommand: Command = async (ctx, args, io) => {
  parseArgs({ args, options: {} });
  const book = await loadRegionBook(ctx);
  for await (const part of classifyCsv(io.stdin, book)) {
    if (!io.stdout.write(part)) await new Promise((resolve) => io.stdout.once('drain', resolve));
  }
  return 0;
};

/** `deliveries --json [--from D --to D]`; days are the order day, both included. */
export const deliveriesCommand: Command = async (ctx, args, io) => {
  const { values } = parseArgs({
    args,
    options: { json: { type: 'boolean' }, from: { type: 'string' }, to: { type: 'string' } },
  });
  for (const [name, value] of Object.entries({ from: values.from, to: values.to })) {
    if (value !== undefined && !isDay(value))
      throw new Refusal(`--${name} ‘${value}’는 날짜가 아닙니다. 2026-11-21처럼 적어 주세요.`);
  }
  const figures = await deliveryFigures(ctx, { from: values.from, to: values.to });
  io.stdout.write(`${JSON.stringify(figures)}\n`);
  return 0;
};

/** `export dispatch --channel CODE --out FILE` */
export const exportCommand: Command = async (ctx, args, io) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { channel: { type: 'string' }, out: { type: 'string' } },
  });
  if (positionals[0] !== 'dispatch' || positionals.length > 1)
    throw new Refusal(
      '내보낼 것은 dispatch(발송처리)입니다. 예: bin/moa export dispatch --channel smartstore --out 발송처리.xlsx',
    );
  if (!values.channel) throw new Refusal('--channel 로 채널을 적어 주세요. 예: --channel smartstore');
  if (!values.out) throw new Refusal('--out 으로 만들 파일을 적어 주세요.');
  const channel = await findChannelByCode(ctx, values.channel);
  const out = values.out;
  const rows = await exportDispatchFile(ctx, channel, 'unseen', out).catch((error) => {
    if (error?.syscall !== 'open') throw error;
    throw new Refusal(`‘${out}’에 쓸 수 없습니다. 폴더가 있는지, 쓸 권한이 있는지 확인해 주세요.`);
  });
  io.stdout.write(`${JSON.stringify({ file: out, rows })}\n`);
  return 0;
};
