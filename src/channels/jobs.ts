import { placeLines, revertDeliveries, settleDeliveries } from '#deliveries';
import type { Ctx } from '#lib/ctx.ts';
import type { JobDefinition } from '#lib/module.ts';
import { applyImport } from './applying.ts';
import { recoverBatches, type StepWriters } from './batch-runs.ts';
import { destroyOldOriginals } from './originals.ts';
import { readImport } from './reading.ts';
import { undoImport } from './undoing.ts';
import { meetWaiting } from './waiting/meeting.ts';

/** The deliveries are written in the same steps as the lines. */
export const writers: StepWriters = { place: placeLines, settle: settleDeliveries, revert: revertDeliveries };

const silentForMs = 60_000;

export const jobs: readonly JobDefinition[] = [
  {
    name: 'imports.read',
    title: '가져온 파일 읽기',
    run: (ctx, data, progress) => readImport(ctx, Number(data.importId), progress),
  },
  {
    name: 'imports.apply',
    title: '가져오기 적용',
    run: async (ctx, data, progress) => {
      await applyImport(ctx, Number(data.importId), writers, progress);
      await meetWaiting(ctx);
    },
  },
  {
    name: 'imports.undo',
    title: '가져오기 되돌리기',
    run: (ctx, data, progress) => undoImport(ctx, Number(data.importId), writers, progress),
  },
  { name: 'imports.recover', title: '멈춘 가져오기 다시 잇기', run: recover, repeat: '* * * * *' },
  {
    name: 'imports.destroy_originals',
    title: '오래된 원본 파일 지우기',
    run: async (ctx) => void (await destroyOldOriginals(ctx)),
    repeat: '20 3 * * *',
  },
];

/** Picks up what a process that died has left: half-done batches, and imports that nobody works on. */
async function recover(ctx: Ctx): Promise<void> {
  await recoverBatches(ctx, writers);
  await meetWaiting(ctx);

  const forgotten: { id: number; state: string }[] = await ctx
    .db('imports')
    .select('id', 'state')
    .whereIn('state', ['waiting', 'reading', 'applying', 'undoing'])
    .where((own) => own.whereNull('follows_import_id').orWhereNot({ state: 'reading' })) // see meeting.ts
    .whereRaw('COALESCE(beat_at, created_at) < ?', [new Date(ctx.now().getTime() - silentForMs)]);
  const jobOf: Record<string, string> = { applying: 'imports.apply', undoing: 'imports.undo' };
  for (const { id, state } of forgotten) {
    const name = jobOf[state] ?? 'imports.read';
    await ctx.jobs.add(name, { importId: id }, `${name}-${id}`);
  }
}
