import { once } from 'node:events';
import { FileRefused, readRows } from '#lib/xlsx/index.ts';
import { openFile, PasswordNeeded } from '#lib/xlsx/unlocking.ts';
import { couriers } from './known/index.ts';
import {
  headerOf,
  headerRows,
  type ResultHeader,
  type ResultRow,
  readResultRow,
} from './result-file.rules.ts';

/** What the reading process is told, once. */
export interface ReaderTask {
  path: string;
  /** Where a file without its lock may stand; whoever starts the process clears it away. */
  folder: string;
  courier: string | undefined;
  passwords: { given: string | undefined; remembered: readonly string[] };
}

/** What the reading process tells the one that started it. */
export type ReaderAnswer =
  | { courier: string; rows: ResultRow[]; password?: string }
  | { locked: string }
  | { refused: string }
  | { failed: string };

/** The process that reads one result file. Its memory and time are capped, here and by its parent. */
const rowLimit = 5000;
const rssLimit = 480 * 1024 * 1024;

process.on('disconnect', () => process.exit(1));
const say = (answer: ReaderAnswer) => process.send!(answer, () => process.exit(0));

setInterval(() => {
  if (process.memoryUsage.rss() > rssLimit)
    say({ refused: '파일이 너무 커서 읽지 못했습니다. 나누어 올려 주세요.' });
}, 50).unref();

const [task] = (await once(process, 'message')) as [ReaderTask];
say(await read(task));

async function read({ path, folder, courier, passwords }: ReaderTask): Promise<ReaderAnswer> {
  try {
    const opened = await openFile(path, folder, passwords);
    const answer = await readFile(opened.path, courier);
    return 'rows' in answer && opened.password !== undefined
      ? { ...answer, password: opened.password }
      : answer;
  } catch (error) {
    if (error instanceof PasswordNeeded) return { locked: error.message };
    if (error instanceof FileRefused) return { refused: error.message };
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function readFile(file: string, chosen: string | undefined): Promise<ReaderAnswer> {
  const courier = couriers.find(({ code }) => code === chosen);
  let header: (ResultHeader & { sheet: string }) | undefined;
  const rows: ResultRow[] = [];
  for await (const row of readRows(file)) {
    if (!header) {
      const found = row.row <= headerRows ? headerOf(row.texts, courier) : undefined;
      if (found) header = { ...found, sheet: row.sheet };
      continue;
    }
    if (row.sheet !== header.sheet) continue;
    const read = readResultRow(header, row);
    if (read) rows.push(read);
    if (rows.length > rowLimit)
      return {
        refused: `한 번에 ${rowLimit.toLocaleString('ko-KR')}줄까지 읽습니다. 파일을 나누어 올려 주세요.`,
      };
  }
  if (!header) return { refused: noHeader(courier?.name) };
  if (rows.length === 0) return { refused: '제목 줄 아래에 읽을 줄이 없습니다.' };
  return { courier: header.courier.code, rows };
}

function noHeader(name: string | undefined): string {
  const whose = name ?? '택배사';
  return `${whose} 송장 결과 파일이 아닙니다. 첫 ${headerRows}줄 안에서 운송장번호와 받는 분(또는 주문번호)이 있는 제목 줄을 찾지 못했습니다.${name ? '' : ' 택배사를 골라서 다시 올려 보세요.'}`;
}
