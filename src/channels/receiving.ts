import { stat } from 'node:fs/promises';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import type { SealedColumn } from '#lib/resealing.ts';
import { storeFile } from './import-files.ts';
import { findImport, lockImport } from './imports.ts';
import type { ChannelRow, FilePassword } from './tables.ts';

export const fileSizeLimit = 50 * 1024 * 1024;
const passwordPurpose = 'import-password';

export const sealedGivenPasswords: SealedColumn = {
  table: 'imports',
  column: 'password',
  key: ['id'],
  purpose: passwordPurpose,
};

/**
 * Takes a file in; it is kept sealed and nothing of it is read yet. Returns the import's id. Without a channel its
 * reader finds out whose file it is.
 */
export async function receiveFile(
  ctx: Ctx,
  channel: ChannelRow | undefined,
  file: { name: string; path: string },
  password?: FilePassword,
): Promise<number> {
  const size = await fitSize(file);

  return transaction(ctx, async (tx) => {
    const [id] = await tx.db('imports').insert({
      channel_id: channel?.id ?? 0,
      file_name: file.name.slice(0, 255),
      file_size: size,
      file_sha256: '',
      state: 'waiting',
      password: password ? sealPassword(tx, password) : null,
      created_by: tx.actor.id,
      created_by_name: tx.actor.name,
      created_at: tx.now(),
    });
    const sha256 = await storeFile(tx, id!, file.path);
    await tx.db('imports').where({ id }).update({ file_sha256: sha256 });
    await record(tx, 'import.received', 'import', id!, { file: file.name, size, sha256 });
    return id!;
  });
}

/** Takes several files in, or none of them when one is refused. */
export async function receiveFiles(
  ctx: Ctx,
  channel: ChannelRow | undefined,
  files: readonly { name: string; path: string }[],
  password?: FilePassword,
): Promise<number[]> {
  if (files.length === 0) throw new Refusal('올릴 파일을 골라 주세요.');
  for (const file of files) await fitSize(file);
  const ids: number[] = [];
  for (const file of files) ids.push(await receiveFile(ctx, channel, file, password));
  return ids;
}

async function fitSize(file: { name: string; path: string }): Promise<number> {
  const { size } = await stat(file.path);
  if (size === 0) throw new Refusal(`‘${file.name}’ 파일이 비어 있습니다.`);
  if (size > fileSizeLimit)
    throw new Refusal(`‘${file.name}’ 파일이 50MB보다 큽니다. 기간을 나누어 내려받아 주세요.`);
  return size;
}

/** Hands the file to the worker. */
export async function readLater(ctx: Ctx, importId: number): Promise<void> {
  await ctx.jobs.add('imports.read', { importId });
}

/** A locked file gets the password it was waiting for and is read again. */
export async function givePassword(ctx: Ctx, importId: number, password: FilePassword): Promise<void> {
  await transaction(ctx, async (tx) => {
    const row = await lockImport(tx, importId);
    if (row.state !== 'locked') throw new Refusal('비밀번호를 기다리는 파일이 아닙니다.');
    await tx
      .db('imports')
      .where({ id: importId })
      .update({ state: 'waiting', failure: null, password: sealPassword(tx, password) });
  });
  await readLater(ctx, importId);
}

/** Stops a reading; nothing has been changed by it. */
export async function cancelReading(ctx: Ctx, importId: number): Promise<void> {
  await transaction(ctx, async (tx) => {
    const row = await lockImport(tx, importId);
    if (row.state === 'cancelled') return;
    if (!['waiting', 'reading', 'locked', 'unmapped'].includes(row.state))
      throw new Refusal('이미 다 읽은 파일입니다.');
    await tx
      .db('imports')
      .where({ id: importId })
      .update({ state: 'cancelled', password: null, read_token: null });
    await record(tx, 'import.cancelled', 'import', importId);
  });
}

/** Puts a proposal aside without applying it. */
export async function discardProposal(ctx: Ctx, importId: number): Promise<void> {
  await transaction(ctx, async (tx) => {
    const row = await lockImport(tx, importId);
    if (row.state === 'discarded') return;
    if (row.state !== 'proposed') throw new Refusal('적용을 기다리는 가져오기만 버릴 수 있습니다.');
    await tx.db('imports').where({ id: importId }).update({ state: 'discarded' });
    await record(tx, 'import.discarded', 'import', importId);
  });
}

export async function passwordOf(ctx: Ctx, importId: number): Promise<FilePassword | undefined> {
  const row = await findImport(ctx, importId);
  return row.password
    ? (JSON.parse(ctx.vault.open(passwordPurpose, row.password).toString('utf8')) as FilePassword)
    : undefined;
}

function sealPassword(ctx: Ctx, password: FilePassword): Buffer {
  return ctx.vault.seal(passwordPurpose, Buffer.from(JSON.stringify(password), 'utf8'));
}
