import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ctx, may } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import type { SealedColumn } from '#lib/resealing.ts';
import { type GivenPassword, rememberedPasswords, rememberPassword } from './passwords.ts';
import { LockedResult, type ReadFile, readResultFile } from './reading.ts';
import { type ReceivedFile, storeResult } from './results.ts';

const purpose = 'courier-locked-file';

export const sealedLockedParts: SealedColumn = {
  table: 'courier_locked_parts',
  column: 'sealed',
  key: ['file_id', 'part'],
  purpose,
  large: true,
};
const partSize = 1024 * 1024;
const goneMeanwhile = '그사이 다른 사람이 열었거나 버린 파일입니다. 아래 목록을 확인해 주세요.';

/** A file that waits for its password. */
export interface LockedFileRow {
  id: number;
  /** What the clerk chose; NULL leaves it to the file. */
  courier: string | null;
  file_name: string;
  file_sha256: string;
  tries: number;
  made_by_name: string;
  made_at: Date;
}

/** Keeps a locked file sealed until somebody says its password. Returns its id. */
export async function keepLocked(
  ctx: Ctx,
  file: ReceivedFile,
  courier: string | undefined,
  wasTried: boolean,
): Promise<number> {
  return transaction(ctx, async (tx) => {
    const [id] = await tx.db('courier_locked_files').insert({
      courier: courier ?? null,
      file_name: file.name.slice(0, 255),
      file_sha256: file.sha256,
      tries: wasTried ? 1 : 0,
      made_by: tx.actor.id,
      made_by_name: tx.actor.name,
      made_at: tx.now(),
    });
    let part = 0;
    for await (const chunk of createReadStream(file.path, { highWaterMark: partSize })) {
      const sealed = tx.vault.seal(purpose, chunk as Buffer);
      await tx.db('courier_locked_parts').insert({ file_id: id, part, sealed });
      part += 1;
    }
    await record(tx, 'couriers.result_locked', 'courier_locked_file', id!, { file: file.name });
    return id!;
  });
}

/** Whoever works with some channels only has their own: nobody knows yet whose parcels such a file names. */
function visibleLocked(ctx: Ctx) {
  const query = ctx.db('courier_locked_files');
  if (!may(ctx, 'couriers.results')) return query.whereRaw('1 = 0');
  return ctx.actor.scope === 'all' ? query : query.where('courier_locked_files.made_by', ctx.actor.id);
}

export async function listLocked(ctx: Ctx): Promise<LockedFileRow[]> {
  return visibleLocked(ctx).orderBy('id', 'desc').limit(50);
}

export async function findLocked(ctx: Ctx, id: number): Promise<LockedFileRow> {
  const row: LockedFileRow | undefined = await visibleLocked(ctx).where({ id }).first();
  if (!row) throw new NotFound('이미 열었거나 버린 송장 결과 파일입니다.');
  return row;
}

/**
 * Opens a kept file with the password somebody typed, and takes it in like any other: returns the result's id. A
 * wrong password refuses the field and the file stays; of two people who open it, one does.
 */
export async function openLocked(ctx: Ctx, id: number, given: GivenPassword): Promise<number> {
  const locked: LockedFileRow | undefined = await visibleLocked(ctx).where({ id }).first();
  if (!locked) throw new Refusal(goneMeanwhile);
  const read = await readKept(ctx, locked, given);
  return transaction(ctx, async (tx) => {
    const still = await visibleLocked(tx).where({ id }).forUpdate().first('id');
    if (!still) throw new Refusal(goneMeanwhile);
    const file = { name: locked.file_name, sha256: locked.file_sha256 };
    const resultId = await storeResult(tx, file, read);
    if (given.remember && read.password === given.password)
      await rememberPassword(tx, read.courier, given.password);
    await destroyLocked(tx, id);
    return resultId;
  });
}

async function readKept(ctx: Ctx, locked: LockedFileRow, given: GivenPassword): Promise<ReadFile> {
  const folder = await mkdtemp(join(tmpdir(), 'moa-locked-'));
  try {
    const path = join(folder, 'file');
    await restore(ctx, locked.id, path);
    const courier = locked.courier ?? undefined;
    const remembered = await rememberedPasswords(ctx, courier);
    return await readResultFile(ctx, path, courier, { given: given.password, remembered });
  } catch (error) {
    if (!(error instanceof LockedResult)) throw error;
    await ctx.db('courier_locked_files').where({ id: locked.id }).increment('tries', 1);
    throw new Refusal(error.message, { field: 'password' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function restore(ctx: Ctx, id: number, path: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    for (let part = 0; ; part++) {
      const row: { sealed: Buffer } | undefined = await ctx
        .db('courier_locked_parts')
        .where({ file_id: id, part })
        .first('sealed');
      if (!row) return;
      await file.write(ctx.vault.open(purpose, row.sealed));
    }
  } finally {
    await file.close();
  }
}

/** Throws a kept file away; nothing has been changed by it. */
export async function discardLocked(ctx: Ctx, id: number): Promise<void> {
  await transaction(ctx, async (tx) => {
    const row: LockedFileRow | undefined = await visibleLocked(tx).where({ id }).forUpdate().first();
    if (!row) throw new NotFound('이미 열었거나 버린 송장 결과 파일입니다.');
    await destroyLocked(tx, id);
    await record(tx, 'couriers.locked_discarded', 'courier_locked_file', id, { file: row.file_name });
  });
}

export async function destroyLocked(tx: Ctx, id: number): Promise<void> {
  await tx.db('courier_locked_parts').where({ file_id: id }).delete();
  await tx.db('courier_locked_files').where({ id }).delete();
}
