import { noteSeen } from '#lib/access.ts';
import type { Ctx } from '#lib/ctx.ts';
import { NotFound } from '#lib/errors.ts';
import { sees } from '#lib/sight.ts';
import { listMalls } from '../channels.ts';
import { hideCell } from '../hiding.rules.ts';
import { findImport } from '../imports.ts';
import { driftOf } from './drift.rules.ts';
import { fieldGroups, fieldKeys, fields, requiredFields } from './fields.rules.ts';
import { findHead, type KeptHead } from './heads.ts';
import { findLearntColumns } from './learnt.ts';
import { faultsOf, type Guess, proposeMapping } from './mapping.rules.ts';

export async function findMappingHead(ctx: Ctx, importId: number): Promise<KeptHead> {
  await findImport(ctx, importId); // of an import one may see
  const head = await findHead(ctx, importId);
  if (!head) throw new NotFound('열을 맞출 파일이 아닙니다.');
  return head;
}

/** All that the page for naming a file's columns shows. */
export async function mappingPage(ctx: Ctx, importId: number) {
  const [row, head, malls] = await Promise.all([
    findImport(ctx, importId),
    findMappingHead(ctx, importId),
    listMalls(ctx),
  ]);
  const guesses = await guessesFor(ctx, head);
  const open = sees(ctx, 'orders.personal', 'import', importId);
  if (open) for (const at of head.table.samples.keys()) noteSeen(ctx, 'import', importId, `${at}`);
  const titleOf = (at: number) => {
    const { field } = guesses[at]!;
    return `${head.table.columns[at]!.header} ${field ? fields[field].name : ''}`;
  };
  const show = (at: number, value: string) => (open ? value : hideCell(titleOf(at), value));
  const channelId = row.channel_id || head.channelId;
  return {
    row,
    head,
    columns: head.table.columns.map(({ header }, at) => ({
      at,
      header,
      samples: head.table.samples.map((cells) => show(at, cells[at] ?? '')),
      ...guesses[at]!,
    })),
    masked: !open,
    channelId: malls.some(({ id }) => id === channelId) ? String(channelId) : 'new',
    malls,
    fields,
    groups: fieldGroups.map((group) => ({
      group,
      keys: fieldKeys.filter((field) => fields[field].group === group),
    })),
    needed: new Set(requiredFields.flat()),
    missing: faultsOf(
      head.table.columns,
      guesses.map(({ field }) => field),
    ).missing,
  };
}

async function guessesFor(ctx: Ctx, { table, learntId }: KeptHead): Promise<Guess[]> {
  if (learntId === undefined) return proposeMapping(table.columns);
  const learnt = await findLearntColumns(ctx, learntId);
  return proposeMapping(table.columns, driftOf(learnt, table.columns).remembered);
}
