import { followLines } from '#deliveries';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { holdLines } from '#orders';
import type { SmartStoreLine } from '../../seeds/smartstore-file.ts';
import { applyLater } from '../../src/channels/applying.ts';
import { writers } from '../../src/channels/jobs.ts';
import type { ImportRow, StagedRow } from '../../src/channels/tables.ts';
import { requestUndo, undoImport } from '../../src/channels/undoing.ts';
import { importLines, someLines } from '../support/imports.ts';
import type { Office } from '../support/office.ts';

/** Orders that wait to be sent and say the same memo: a hand may hold them, a file may change them. */
export function waitingLines(orders: number): SmartStoreLine[] {
  return someLines(orders).map((line) => ({
    ...line,
    주문상태: '발송대기',
    주문세부상태: '신규주문',
    '수량클레임 여부': 'N',
    발주확인일: '',
    발송일: '',
    발송처리일: '',
    배송방법: '',
    택배사: '',
    송장번호: '',
    배송메세지: '처음',
  }));
}

export function withMemo(lines: readonly SmartStoreLine[], memo: string): SmartStoreLine[] {
  return lines.map((line) => ({ ...line, 배송메세지: memo }));
}

/** A proposal that was read and waits. */
export async function propose(ctx: Ctx, lines: readonly SmartStoreLine[]): Promise<number> {
  return (await importLines(ctx, lines, { apply: false })).importId;
}

/** As a person applies it: by the button, then the worker. */
export async function press(office: Office, importId: number, comparison?: number): Promise<ImportRow> {
  await applyLater(office.ctx('office'), importId, comparison);
  await office.runJobs();
  return importOf(office, importId);
}

export async function undoNow(office: Office, importId: number, rest = false): Promise<void> {
  await requestUndo(office.ctx('office'), importId, rest);
  await undoImport(office.ctx(), importId, writers, () => {});
}

export async function importOf(office: Office, id: number): Promise<ImportRow> {
  return office.runtime.db('imports').where({ id }).first();
}

export async function rowsOf(office: Office, importId: number): Promise<StagedRow[]> {
  return office.runtime.db('import_rows').where({ import_id: importId }).orderBy('row_no');
}

export async function memoOf(office: Office, lineNo: string): Promise<string | undefined> {
  const line = await office.runtime.db('order_lines').where({ line_no: lineNo }).first('memo');
  return line?.memo;
}

/** A person keeps a line back. */
export async function hold(office: Office, lineNo: string, reason = '고객 통화 필요'): Promise<void> {
  const ids: number[] = await office.runtime.db('order_lines').where({ line_no: lineNo }).pluck('id');
  await transaction(office.ctx('office'), async (tx) => {
    await holdLines(tx, ids, reason);
    await followLines(tx, ids);
  });
}
