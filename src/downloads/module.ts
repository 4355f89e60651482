import type { ListSource } from '#lib/list-source.ts';
import type { AppModule } from '#lib/module.ts';
import { permissionOf } from './asked.ts';
import { sealedFiles } from './files.ts';
import { invariants } from './invariants.ts';
import { jobs } from './jobs.ts';
import { mayWatchDownload } from './queries.ts';
import { routesFor } from './routes.ts';

/** Lets people take these lists away. */
export function downloads(lists: readonly ListSource[]): AppModule {
  return {
    name: 'downloads',
    title: '다운로드',
    invariants,
    permissions: [
      { code: 'downloads.view', name: '내 다운로드 보기', roles: ['admin', 'office'] },
      { code: 'downloads.all', name: '모두의 다운로드 기록 보기', roles: ['admin'] },
      ...lists.map((list) => ({
        code: permissionOf(list),
        name: `${list.title} 엑셀 다운로드`,
        roles: list.roles,
      })),
    ],
    menu: [{ label: '다운로드', href: '/downloads', icon: 'download', permission: 'downloads.view' }],
    routes: [{ path: '/downloads', router: routesFor(lists) }],
    jobs,
    seals: [sealedFiles],
    watchables: [{ key: 'downloadId', mayWatch: mayWatchDownload }],
  };
}
