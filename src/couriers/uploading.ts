import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { Request, RequestHandler } from 'express';
import multer from 'multer';
import { Refusal } from '#lib/errors.ts';
import { resultSizeLimit } from './results.ts';

const upload = multer({
  storage: multer.diskStorage({
    destination: (_req, _file, done) => done(null, tmpdir()),
    filename: (_req, _file, done) => done(null, `moa-courier-${randomUUID()}`),
  }),
  limits: { fileSize: resultSizeLimit, files: 10, fields: 10 },
  defParamCharset: 'utf8',
}).array('files');

const refusals: Record<string, string> = {
  LIMIT_FILE_SIZE: '20MB보다 큰 파일이 있어 아무것도 올리지 않았습니다. 나누어 올려 주세요.',
  LIMIT_FILE_COUNT: '파일은 한 번에 10개까지 올릴 수 있습니다. 나누어 올려 주세요.',
};

/** Takes the files of a form in. They are on the disk as long as the request lasts, however it ends. */
export const takeFile: RequestHandler = (req, res, next) => {
  res.once('close', () => void forgetFiles(req));
  upload(req, res, (error: unknown) => next(error && (refusalOf(error) ?? error)));
};

export function takenFiles(req: Request): { name: string; path: string }[] {
  const files = (req.files ?? []) as Express.Multer.File[];
  return files.map((file) => ({ name: file.originalname, path: file.path }));
}

/** A form that breaks off has no code: everything else does, also a full disk. */
function refusalOf(error: unknown): Refusal | undefined {
  const { code } = error as { code?: string };
  if (code === undefined) return new Refusal('파일을 다 받지 못했습니다. 다시 올려 주세요.');
  return refusals[code] ? new Refusal(refusals[code]) : undefined;
}

async function forgetFiles(req: Request): Promise<void> {
  const left = takenFiles(req).map(({ path }) => rm(path, { force: true }));
  for (const result of await Promise.allSettled(left)) {
    if (result.status === 'rejected')
      req.log.error({ err: result.reason }, 'an uploaded file was not removed');
  }
}
