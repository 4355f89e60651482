import { buffer } from 'node:stream/consumers';
import { readRows } from '#lib/xlsx/index.ts';
import type { Answer, Client, FormValues } from '../support/client.ts';

/** What a downloaded file holds: its heading, its rows as texts by title, and the last row as it stands. */
export interface ReadFile {
  titles: string[];
  rows: Record<string, string>[];
  totals: string[];
}

export async function readFile(bytes: Buffer): Promise<ReadFile> {
  const all: string[][] = [];
  for await (const row of readRows(bytes)) all.push(row.texts);
  const [titles = [], ...rest] = all;
  const totals = rest.pop() ?? [];
  return {
    titles,
    rows: rest.map((cells) => Object.fromEntries(titles.map((title, at) => [title, cells[at] ?? '']))),
    totals,
  };
}

/** Sends the form of the page on which the columns are chosen. */
export function ask(client: Client, list: string, form: FormValues): Promise<Answer> {
  return client.post(`/downloads/new/${list}`, { reason: '협력사에 보낼 자료입니다', ...form });
}

/** The file of a download that is kept, by the stream of its parts. */
export async function bytesOf(parts: AsyncIterable<Buffer>): Promise<Buffer> {
  return buffer(parts);
}
