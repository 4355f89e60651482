import type { Ctx } from '#lib/ctx.ts';
import { FileRefused } from '#lib/xlsx/refusals.ts';
import { classifyPostcode, cleanPostcode, loadRegionBook } from '#regions';
import { listMalls } from '../channels.ts';
import { knownLayouts, type Layout, type LayoutUnknown, type Top } from '../layouts/index.ts';
import type { ChannelRow } from '../tables.ts';
import { driftOf, overlapOf } from './drift.rules.ts';
import type { KeptHead } from './heads.ts';
import { type Learnt, listLearnt } from './learnt.ts';
import { calledLike } from './names.rules.ts';
import { findTable, tableAt } from './table.rules.ts';

/** The file has a table, and a person has to say what its columns are. */
export class ColumnsUnknown extends FileRefused {
  override name = 'ColumnsUnknown';
  readonly head: KeptHead;
  /** The mall's file is known and lacks something: downloading it anew is the better way. */
  readonly isKnownMalls: boolean;

  constructor(message: string, head: KeptHead, isKnownMalls = false) {
    super(message);
    this.head = head;
    this.isKnownMalls = isKnownMalls;
  }
}

/** What is known of layouts while one file is read. */
export interface Recognition {
  layouts: Layout[];
  /** Throws `ColumnsUnknown` when the file of a taught layout has changed. Else returns what its page may show. */
  checkLearnt(layout: Layout, top: Top): Promise<KeptHead>;
  /** What to tell of a file that no layout fits; the error itself when it holds no table. */
  explain(error: LayoutUnknown): Promise<Error>;
}

/** Layouts that other channels were taught are left out when a person has said whose file it is. */
export async function openRecognition(ctx: Ctx, chosen: ChannelRow | undefined): Promise<Recognition> {
  const learnt = await listLearnt(ctx, chosen?.id);
  return {
    layouts: [...knownLayouts, ...learnt.map(({ layout }) => layout)],
    async checkLearnt(layout, top) {
      const one = learnt.find((candidate) => candidate.layout === layout)!;
      const table = tableAt(top, 0, await postcodeTest(ctx));
      const head: KeptHead = { table, learntId: one.id, channelId: one.channelId };
      const { words } = driftOf(one.columns, table.columns);
      if (words.length > 0) throw new ColumnsUnknown(driftMessage(layout, words), head);
      return head;
    },
    explain: (error) => explain(ctx, learnt, error, chosen),
  };
}

/** A mall's file lacks so little that it is surely that mall's. */
const surelyThatMall = 2 / 3;
const surelyThatLayout = 0.5;
const fewestKnown = 3;

async function explain(
  ctx: Ctx,
  learnt: readonly Learnt[],
  error: LayoutUnknown,
  chosen: ChannelRow | undefined,
): Promise<Error> {
  const { nearest } = error;
  const taught = new Set(learnt.flatMap(({ columns }) => columns.map(({ header }) => header)));
  const table = findTable(
    error.tops,
    (text) => taught.has(text) || calledLike(text) !== undefined,
    await postcodeTest(ctx),
  );
  if (!table) return error;

  const share = nearest ? 1 - nearest.missing.length / nearest.layout.required.length : 0;
  const drifted = nearestLearnt(learnt, new Set(table.columns.map(({ header }) => header)));
  if (drifted && drifted.share >= share) {
    const { one } = drifted;
    const { words } = driftOf(one.columns, table.columns);
    const head = { table, learntId: one.id, channelId: one.channelId };
    return new ColumnsUnknown(driftMessage(one.layout, words), head);
  }
  const malls = await listMalls(ctx);
  if (nearest && share >= surelyThatMall && (!chosen || chosen.code === nearest.layout.channel)) {
    const channelId = malls.find(({ code }) => code === nearest.layout.channel)?.id ?? 0;
    return new ColumnsUnknown(error.message, { table, channelId }, true);
  }
  return new ColumnsUnknown('아는 쇼핑몰의 파일이 아닙니다. 열을 한 번 맞춰 두면 다음부터 바로 읽습니다.', {
    table,
    channelId: chosen?.id ?? 0,
  });
}

function nearestLearnt(
  learnt: readonly Learnt[],
  headers: ReadonlySet<string>,
): { one: Learnt; share: number } | undefined {
  return learnt
    .map((one) => ({ one, share: overlapOf(one.columns, headers) }))
    .filter(({ one, share }) => share >= surelyThatLayout && share * usedIn(one) >= fewestKnown)
    .sort((a, b) => b.share - a.share)[0];
}

const usedIn = ({ columns }: Learnt) => columns.filter(({ field }) => field !== '').length;

function driftMessage({ name }: Layout, words: readonly string[]): string {
  return `${name}의 양식이 바뀌었습니다. ${words.join(' ')} 열을 다시 맞춰 주세요.`;
}

/** Whether a text is a postal code in use; an amount of five digits mostly is none. */
async function postcodeTest(ctx: Ctx): Promise<(text: string) => boolean> {
  const book = await loadRegionBook(ctx);
  return (text) =>
    /^\d{4,5}$/.test(cleanPostcode(text)) &&
    ['ok', 'restored', 'retired'].includes(classifyPostcode(text, book).status);
}
