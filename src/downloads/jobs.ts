import type { JobDefinition } from '#lib/module.ts';
import { makeDownload, recoverDownloads } from './making.ts';
import { expireDownloads } from './taking.ts';

export const jobs: readonly JobDefinition[] = [
  {
    name: 'downloads.make',
    title: '다운로드 파일 만들기',
    run: (ctx, { downloadId }, progress) => makeDownload(ctx, Number(downloadId), progress),
  },
  {
    name: 'downloads.recover',
    title: '멈춘 다운로드 다시 잇기',
    run: recoverDownloads,
    repeat: '* * * * *',
  },
  {
    name: 'downloads.expire',
    title: '기한이 지난 다운로드 지우기',
    run: expireDownloads,
    repeat: '17 * * * *',
  },
];
