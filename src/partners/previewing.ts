import type { Snapshot } from '#lib/batches.ts';
import { day } from '#lib/dates.ts';
import { frozenOf } from './frozen.ts';
import { readPresent, waitingLines } from './lines.ts';
import type { SheetEntry } from './sheet.rules.ts';
import { latestVisibleSheet, shownEntry } from './sheets.ts';

const mostPreviewed = 8;

/**
 * Real rows to try a template with: what waits for the partner, else what it was sent last. Masked for those who may
 * not know the people.
 */
export async function previewEntries(snap: Snapshot, partnerId: number): Promise<SheetEntry[]> {
  const blank = { number: '미리보기', day: '', changes: [], note: '' };
  const waiting = await readPresent(
    snap,
    waitingLines(snap).where('owned.partner_id', partnerId).limit(mostPreviewed),
  );
  if (waiting.length > 0) {
    return waiting.map(({ line }) => shownEntry(snap, { ...blank, day: day(snap.now()), kind: 'new', line }));
  }
  const latest = await latestVisibleSheet(snap, partnerId);
  if (!latest) return [];
  const frozen: string[] = await snap
    .db('partner_sheet_lines')
    .where({ sheet_id: latest.id })
    .orderBy('position')
    .limit(mostPreviewed)
    .pluck('frozen');
  return frozen.map((text) => shownEntry(snap, { ...blank, kind: 'new', ...frozenOf(text) }));
}
