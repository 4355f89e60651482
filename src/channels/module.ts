import type { AppModule } from '#lib/module.ts';
import { channelRoutes } from './channel-routes.ts';
import { channelSource } from './channel-source.ts';
import { sealedPasswords } from './channels.ts';
import { dispatchSource } from './dispatch/dispatch-source.ts';
import { dispatchFileRoutes } from './dispatch/routes.ts';
import { importHistoryRoutes } from './history-routes.ts';
import { sealedFiles } from './import-files.ts';
import { importRowSource } from './import-row-source.ts';
import { importSource } from './import-source.ts';
import { mayWatchImport } from './imports.ts';
import { invariants } from './invariants.ts';
import { jobs } from './jobs.ts';
import { sealedHeads } from './mapping/heads.ts';
import { mappingRoutes } from './mapping/mapping-routes.ts';
import { sealedGivenPasswords } from './receiving.ts';
import { retains } from './retaining.ts';
import { importRoutes } from './routes.ts';
import { waitingRoutes } from './waiting/waiting-routes.ts';
import { wordRoutes } from './word-routes.ts';

export const channels: AppModule = {
  name: 'channels',
  title: '가져오기·발송처리',
  invariants,
  permissions: [
    { code: 'imports.view', name: '가져오기 보기', roles: ['admin', 'office'] },
    { code: 'imports.apply', name: '가져오기 올리기·적용·되돌리기', roles: ['admin', 'office'] },
    { code: 'imports.map', name: '처음 보는 파일의 열 맞추기', roles: ['admin', 'office'] },
    { code: 'imports.original', name: '가져온 원본 파일 받기', roles: ['admin'] },
    { code: 'channels.manage', name: '채널 설정', roles: ['admin'] },
    { code: 'dispatch.export', name: '발송처리 파일 받기', roles: ['admin', 'office'] },
    { code: 'dispatch.spellings', name: '몰마다 다른 택배사 표기 고치기', roles: ['admin'] },
  ],
  menu: [
    { label: '가져오기', href: '/imports', icon: 'cloud-arrow-up', permission: 'imports.view' },
    { label: '발송처리', href: '/dispatch', icon: 'send', permission: 'dispatch.export' },
    { label: '채널', href: '/channels', icon: 'bag', permission: 'channels.manage' },
  ],
  routes: [
    { path: '/imports', router: importHistoryRoutes },
    { path: '/imports', router: importRoutes },
    { path: '/imports', router: wordRoutes },
    { path: '/imports', router: waitingRoutes },
    { path: '/imports', router: mappingRoutes },
    { path: '/channels', router: channelRoutes },
    { path: '/dispatch', router: dispatchFileRoutes },
  ],
  jobs,
  retains,
  seals: [sealedFiles, sealedHeads, sealedPasswords, sealedGivenPasswords],
  watchables: [{ key: 'importId', mayWatch: mayWatchImport }],
  lists: [importSource, importRowSource, dispatchSource, channelSource],
};
