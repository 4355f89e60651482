import { allAtOnce, type ListSource, listSource } from '#lib/list-source.ts';
import type { ListDefinition } from '#lib/lists.ts';
import { methodNames } from '#orders';
import { type ChannelSettings, listChannelSettings } from './settings.ts';

/** All of them, as they were added. */
export const channelList: ListDefinition = { sorts: ['id'], defaultSort: { key: 'id', dir: 'asc' } };

/** The malls with what their files are read by. */
export const channelSource: ListSource = listSource<ChannelSettings>({
  name: 'channels',
  title: '채널',
  path: '/channels',
  roles: ['admin'],
  view: 'channels.manage',
  definition: channelList,
  columns: [
    { key: 'name', title: '채널', kind: 'text', value: (channel) => channel.name },
    {
      key: 'files',
      title: '읽을 수 있는 파일',
      kind: 'text',
      width: 60,
      value: (channel) => channel.files.join(', '),
    },
    {
      key: 'password',
      title: '파일 비밀번호',
      kind: 'text',
      value: (channel) => (channel.hasPassword ? '기억함' : ''),
    },
    {
      key: 'method',
      title: '파일에 없을 때 배송방법',
      kind: 'text',
      width: 24,
      value: (channel) => methodNames[channel.default_method],
    },
    {
      key: 'words',
      title: '뜻을 정한 말',
      kind: 'text',
      width: 30,
      value: (channel) => channel.words.map(({ word }) => word).join(', '),
    },
  ],
  inWords: () => '',
  open: async (snap) => allAtOnce(await listChannelSettings(snap)),
});
