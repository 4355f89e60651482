import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { Request, RequestHandler } from 'express';
import multer from 'multer';
import { Refusal } from '#lib/errors.ts';

/** What a form may bring at once; `tooLarge` and `tooMany` are told to the person. */
export interface UploadLimits {
  fileBytes: number;
  files: number;
  tooLarge: string;
  tooMany: string;
}

/**
 * Takes the files that a form brings in its field `files`. They are on the disk as long as the request lasts, however
 * it ends.
 */
export function takesFiles(limits: UploadLimits): RequestHandler {
  const upload = multer({
    storage: multer.diskStorage({
      destination: (_req, _file, done) => done(null, tmpdir()),
      filename: (_req, _file, done) => done(null, `moa-${randomUUID()}`),
    }),
    limits: { fileSize: limits.fileBytes, files: limits.files, fields: 10 },
    defParamCharset: 'utf8',
  }).array('files');
  return (req, res, next) => {
    res.once('close', () => void forgetFiles(req));
    upload(req, res, (error: unknown) => next(error && (refusalOf(error, limits) ?? error)));
  };
}

export function takenFiles(req: Request): { name: string; path: string }[] {
  const files = (req.files ?? []) as Express.Multer.File[];
  return files.map((file) => ({ name: file.originalname, path: file.path }));
}

/** A form that breaks off has no code: everything else does, also a full disk. */
function refusalOf(error: unknown, { tooLarge, tooMany }: UploadLimits): Refusal | undefined {
  const { code } = error as { code?: string };
  if (code === undefined) return new Refusal(brokenOff);
  if (code === 'LIMIT_FILE_SIZE') return new Refusal(tooLarge);
  if (code === 'LIMIT_FILE_COUNT') return new Refusal(tooMany);
  if (error instanceof multer.MulterError) return new Refusal(brokenOff);
  return undefined;
}

const brokenOff = '파일을 다 받지 못했습니다. 다시 올려 주세요.';

async function forgetFiles(req: Request): Promise<void> {
  const left = takenFiles(req).map(({ path }) => rm(path, { force: true }));
  for (const result of await Promise.allSettled(left)) {
    if (result.status === 'rejected')
      req.log.error({ err: result.reason }, 'an uploaded file was not removed');
  }
}
