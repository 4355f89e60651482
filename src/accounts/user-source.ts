import { type ListSource, listSource, pagesOfQuery, searchWords, wordsOf } from '#lib/list-source.ts';
import { roleNames } from './permissions.ts';
import { countUsers, listUsers, type User, userList } from './queries.ts';

const stateNames: Record<string, string> = { active: '사용 중', disabled: '중지' };

type NamedRole = User & { role_name: string };

/** The list of users, as a file: our own people, and so personal data too. */
export const userSource: ListSource = listSource<NamedRole>({
  name: 'users',
  title: '사용자',
  path: '/users',
  roles: ['admin'],
  view: 'users.manage',
  definition: userList,
  columns: [
    { key: 'name', title: '이름', kind: 'text', personal: true, value: (user) => user.name },
    { key: 'login', title: '아이디', kind: 'text', personal: true, value: (user) => user.login },
    { key: 'role', title: '역할', kind: 'text', value: (user) => user.role_name },
    { key: 'state', title: '상태', kind: 'text', value: (user) => (user.disabled_at ? '중지' : '사용 중') },
    {
      key: 'last_signed_in_at',
      title: '마지막 로그인',
      kind: 'time',
      value: (user) => user.last_signed_in_at,
    },
    { key: 'created_at', title: '만든 때', kind: 'time', value: (user) => user.created_at },
  ],
  inWords: (query) => wordsOf([stateNames[query.filters.state ?? ''], searchWords(query)]),
  async open(snap, query) {
    const names = await roleNames(snap);
    const counts = await countUsers(snap, query);
    const total = counts[(query.filters.state || 'all') as keyof typeof counts];
    return {
      total,
      pages: () =>
        pagesOfQuery(query, total, async (page) =>
          (await listUsers(snap, page)).map((user) => ({ ...user, role_name: names[user.role] ?? '' })),
        ),
    };
  },
});
