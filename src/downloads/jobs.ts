import type { JobDefinition } from '#lib/module.ts';
import { makeDownload, recoverDownloads } from './making.ts';
import { expireDownloads } from './taking.ts';

export const jobs: readonly JobDefinition[] = [
  {
    name: 'downloads.make',
    run: (ctx, { downloadId }, progress) => makeDownload(ctx, Number(downloadId), progress),
  },
  { name: 'downloads.recover', run: recoverDownloads, repeat: '* * * * *' },
  { name: 'downloads.expire', run: expireDownloads, repeat: '17 * * * *' },
];
