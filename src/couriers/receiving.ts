import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { keepLocked } from './locked-files.ts';
import { type GivenPassword, rememberedPasswords, rememberPassword } from './passwords.ts';
import { LockedResult, readResultFile } from './reading.ts';
import { resultSizeLimit, storeResult } from './results.ts';

/** What became of an uploaded file: a result to look at, or one that waits for its password, with the reason. */
export type Received = { resultId: number } | { lockedId: number; reason: string };

/** Reads a courier's file and keeps what it says; no line is touched. One that stays locked is kept as it is. */
export async function receiveResult(
  ctx: Ctx,
  file: { name: string; path: string },
  chosen: string | undefined,
  given?: GivenPassword,
): Promise<Received> {
  const { size } = await stat(file.path);
  if (size === 0) throw new Refusal(`‘${file.name}’ 파일이 비어 있습니다.`);
  if (size > resultSizeLimit) throw new Refusal(`‘${file.name}’ 파일이 20MB보다 큽니다. 나누어 올려 주세요.`);
  const received = { ...file, sha256: await digestOf(file.path) };
  const remembered = await rememberedPasswords(ctx, chosen);
  try {
    const read = await readResultFile(ctx, file.path, chosen, { given: given?.password, remembered });
    return await transaction(ctx, async (tx) => {
      const resultId = await storeResult(tx, received, read);
      if (given?.remember && read.password === given.password)
        await rememberPassword(tx, read.courier, given.password);
      return { resultId };
    });
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(`‘${file.name}’: ${error.message}`, { cause: error });
    if (!(error instanceof LockedResult)) throw error;
    const lockedId = await keepLocked(ctx, received, chosen, given !== undefined);
    return { lockedId, reason: error.message };
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
