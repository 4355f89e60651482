import { type Snapshot, snapshot } from '#lib/batches.ts';
import { putMany } from '#lib/bulk.ts';
import { nextNumber } from '#lib/counters.ts';
import { type Ctx, may } from '#lib/ctx.ts';
import { dateTime, day } from '#lib/dates.ts';
import { isDuplicate, transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { filePurpose } from './files.ts';
import { freeze } from './frozen.ts';
import { linesOfDays, readPresent, waitingLines } from './lines.ts';
import { type NewsEntry, readNews } from './news.ts';
import { lockPartner } from './partners.ts';
import { countsInWords, itemCount, layOut, type SheetHead, sheetNumber } from './sheet.rules.ts';
import { latestSheet } from './sheets.ts';
import type { PartnerLineRow, PartnerRow, SheetRow } from './tables.ts';
import { templateOf } from './templates.ts';
import { writeWorkbook } from './workbook.ts';

/** What to send: what was not ordered yet, all of some days again, or what changed since. */
export type SheetRequest =
  | { scope: 'waiting' }
  | { scope: 'range'; from: string; to: string }
  | { scope: 'supplement' };

export const mostLines = 20_000;

/**
 * 발주: freezes a numbered sheet for the partner, keeps its file and marks its lines as ordered; returns the sheet's
 * id. Two people at once wait for each other at the partner's row, and the key of partner_lines lets no line be
 * ordered twice, whoever its product belongs to meanwhile. What an import is changing is seen as it was before, and
 * stands in the next supplement. Throws `Refusal` when there is nothing to send.
 */
export async function sendSheet(ctx: Ctx, partnerId: number, request: SheetRequest): Promise<number> {
  if (!may(ctx, 'partners.purchase')) throw new NotFound('찾는 협력사가 없습니다.');
  if (!may(ctx, 'orders.personal')) {
    throw new Refusal(
      '발주서에는 수취인의 이름과 주소가 들어갑니다. 이를 볼 권한이 있는 사람이 만들어 주세요.',
    );
  }
  try {
    return await transaction(ctx, (tx) => send(tx, partnerId, request));
  } catch (error) {
    if (isDuplicate(error)) throw orderedMeanwhile();
    throw error;
  }
}

async function send(tx: Ctx, partnerId: number, request: SheetRequest): Promise<number> {
  const partner = await lockPartner(tx, partnerId);
  if (!partner.is_active)
    throw new Refusal(`‘${partner.name}’은 거래를 멈춘 협력사입니다. 다시 연 뒤에 발주해 주세요.`);

  const base = request.scope === 'supplement' ? await findBase(tx, partner) : undefined;
  const drafts = await snapshot(tx, (snap) => readDrafts(snap, partner, request));
  refuseUnless(drafts, request);
  const { sheet_no, part } = await numberAfter(tx, base);
  const number = sheetNumber({ sheet_no, part });
  const today = day(tx.now());
  const entries = drafts.map((entry) => (entry.number ? entry : { ...entry, number, day: today }));
  const template = templateOf(partner);

  const sheet: Omit<SheetRow, 'id' | 'undone_at' | 'undone_by_name' | 'personal_destroyed_at'> = {
    partner_id: partner.id,
    sheet_no,
    part,
    scope: request.scope,
    from_day: request.scope === 'range' ? request.from : null,
    to_day: request.scope === 'range' ? request.to : null,
    line_count: entries.length,
    item_count: itemCount(entries),
    purpose: partner.purpose,
    template: JSON.stringify(template),
    made_by: tx.actor.id,
    made_by_name: tx.actor.name,
    made_at: tx.now(),
  };
  const [sheetId] = await tx.db('partner_sheets').insert(sheet);
  await markOrdered(tx, sheetId!, partner, entries);
  const head: SheetHead = {
    number,
    day: today,
    partner: partner.name,
    contact: partner.contact,
    sender: tx.actor.name,
    isSupplement: request.scope === 'supplement',
  };
  const file = await writeWorkbook(layOut(template, head, entries), tx.now());
  await tx.db('partner_sheet_files').insert({ sheet_id: sheetId!, sealed: tx.vault.seal(filePurpose, file) });
  await record(tx, 'partner.sheet_sent', 'partner_sheet', sheetId!, {
    partner_id: partner.id,
    partner: partner.name,
    number,
    filter: request,
    lines: entries.length,
    items: sheet.item_count,
    kinds: countsInWords(entries),
    reason: partner.purpose,
  });
  return sheetId!;
}

async function findBase(tx: Ctx, partner: PartnerRow): Promise<SheetRow> {
  const base = await latestSheet(tx, partner.id);
  if (!base) throw new Refusal(`‘${partner.name}’에 보낸 발주서가 없습니다. 먼저 발주서를 만들어 주세요.`);
  return base;
}

/** Rows of the coming sheet; those without a number yet belong to it. */
export async function readDrafts(
  snap: Snapshot,
  partner: Pick<PartnerRow, 'id'>,
  request: SheetRequest,
): Promise<NewsEntry[]> {
  const fresh = { standing: 'live' as const, number: '', day: '', changes: [], note: '' };
  if (request.scope === 'range') {
    const lines = await readPresent(snap, linesOfDays(snap, partner.id, request.from, request.to), {
      state: 'standing.state',
    });
    return lines.map(({ line, extra }) => ({
      ...fresh,
      kind: extra.state && extra.state !== 'cancelled' ? 'again' : 'new',
      line,
    }));
  }
  const waiting = await readPresent(snap, waitingLines(snap).where('owned.partner_id', partner.id));
  if (request.scope === 'waiting') return waiting.map(({ line }) => ({ ...fresh, kind: 'new', line }));
  const news = (await readNews(snap, partner.id)).get(partner.id) ?? [];
  return [...waiting.map(({ line }) => ({ ...fresh, kind: 'added' as const, line })), ...news];
}

function refuseUnless(drafts: readonly NewsEntry[], request: SheetRequest): void {
  if (drafts.length > mostLines) {
    throw new Refusal(
      `한 발주서에 ${mostLines.toLocaleString('ko-KR')}건까지 담을 수 있습니다. 지금은 ${drafts.length.toLocaleString('ko-KR')}건입니다. 기간을 나누어 주세요.`,
    );
  }
  if (drafts.length > 0) return;
  if (request.scope === 'waiting')
    throw new Refusal('발주할 것이 없습니다. 다른 사람이 이미 발주했을 수 있습니다.');
  if (request.scope === 'range') {
    throw new Refusal(`주문일 ${request.from}~${request.to}에는 발주할 것이 없습니다. 기간을 바꿔 주세요.`);
  }
  throw new Refusal('보낸 뒤 바뀐 것이 없습니다. 다른 사람이 이미 보충 발주서를 만들었을 수 있습니다.');
}

async function numberAfter(
  tx: Ctx,
  base: SheetRow | undefined,
): Promise<Pick<SheetRow, 'sheet_no' | 'part'>> {
  if (!base) return { sheet_no: await nextNumber(tx, 'partner_sheet'), part: 1 };
  const last = await tx.db('partner_sheets').where({ sheet_no: base.sheet_no }).max({ part: 'part' }).first();
  return { sheet_no: base.sheet_no, part: Number(last?.part) + 1 };
}

async function markOrdered(
  tx: Ctx,
  sheetId: number,
  partner: PartnerRow,
  entries: readonly NewsEntry[],
): Promise<void> {
  const before = await standingsOf(tx, entries);
  const rows = entries.map((entry) => {
    const known = before.get(keyOf(entry.line));
    const isOrdered = known !== undefined && known.state !== 'cancelled';
    return {
      known,
      isOrdered,
      after: {
        line_no: entry.line.line_no,
        channel_id: entry.line.channel_id,
        partner_id: partner.id,
        state: entry.standing,
        sheet_id: isOrdered ? known.sheet_id : sheetId,
        told_sheet_id: sheetId,
        ordered_at: isOrdered ? dateTime(known.ordered_at) : dateTime(tx.now()),
      },
      entry,
    };
  });
  const forgotten = rows.filter(({ known, isOrdered }) => known && !isOrdered);
  await dropForgotten(
    tx,
    forgotten.map(({ known }) => known!),
  );
  await putMany(
    tx,
    'partner_lines',
    rows.filter(({ isOrdered }) => !isOrdered).map(({ after }) => after),
  );
  await putMany(
    tx,
    'partner_lines',
    rows.filter(({ isOrdered }) => isOrdered).map(({ after }) => after),
    ['state', 'told_sheet_id'],
  );
  await putMany(
    tx,
    'partner_sheet_lines',
    rows.map(({ entry, known }, at) => ({
      sheet_id: sheetId,
      position: at + 1,
      line_no: entry.line.line_no,
      channel_id: entry.line.channel_id,
      line_id: entry.line.line_id,
      revision: entry.line.revision,
      kind: entry.kind,
      note: entry.note,
      changes: entry.changes.length > 0 ? JSON.stringify(entry.changes) : null,
      frozen: freeze(entry),
      standing_before: known ? JSON.stringify({ ...known, ordered_at: dateTime(known.ordered_at) }) : null,
    })),
  );
}

/**
 * A line its old partner was told to forget may be ordered anew. Whoever comes second finds it ordered and is turned
 * away: the row that is dropped here must still be the forgotten one.
 */
async function dropForgotten(tx: Ctx, rows: readonly PartnerLineRow[]): Promise<void> {
  let dropped = 0;
  for (let at = 0; at < rows.length; at += 500) {
    dropped += await tx
      .db('partner_lines')
      .whereIn(
        ['line_no', 'channel_id'],
        rows.slice(at, at + 500).map((row) => [row.line_no, row.channel_id]),
      )
      .where({ state: 'cancelled' })
      .delete();
  }
  if (dropped < rows.length) throw orderedMeanwhile();
}

function orderedMeanwhile(): Refusal {
  return new Refusal('그 사이에 다른 사람이 같은 상품주문을 발주했습니다. 화면을 새로 열고 다시 해 주세요.');
}

async function standingsOf(tx: Ctx, entries: readonly NewsEntry[]): Promise<Map<string, PartnerLineRow>> {
  const found = new Map<string, PartnerLineRow>();
  for (let at = 0; at < entries.length; at += 1000) {
    const rows: PartnerLineRow[] = await tx.db('partner_lines').whereIn(
      'line_no',
      entries.slice(at, at + 1000).map(({ line }) => line.line_no),
    );
    for (const row of rows) found.set(keyOf(row), row);
  }
  return found;
}

function keyOf({ line_no, channel_id }: { line_no: string; channel_id: number }): string {
  return `${channel_id}/${line_no}`;
}
