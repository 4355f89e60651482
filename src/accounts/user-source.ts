import { type ListSource, listSource, pagesOfQuery, searchWords, wordsOf } from '#lib/list-source.ts';
import { roleNames } from './permissions.ts';
import { countUsers, listUsers, type User, userList } from './queries.ts';
import { stateNames, stateOf, type UserState } from './user-states.rules.ts';

type NamedUser = User & { role_name: string; state: UserState };

/** The list of users, as a file: our own people, and so personal data too. */
export const userSource: ListSource = listSource<NamedUser>({
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
    { key: 'state', title: '상태', kind: 'text', value: (user) => stateNames[user.state] },
    {
      key: 'last_signed_in_at',
      title: '마지막 로그인',
      kind: 'time',
      value: (user) => user.last_signed_in_at,
    },
    { key: 'created_at', title: '만든 때', kind: 'time', value: (user) => user.created_at },
  ],
  inWords: (query) => wordsOf([stateNames[query.filters.state as UserState], searchWords(query)]),
  async open(snap, query) {
    const names = await roleNames(snap);
    const counts = await countUsers(snap, query);
    const total = counts[(query.filters.state || 'all') as keyof typeof counts];
    return {
      total,
      pages: () =>
        pagesOfQuery(query, total, async (page) =>
          (await listUsers(snap, page)).map((user) => ({
            ...user,
            role_name: names[user.role] ?? '',
            state: stateOf(user, snap.now()),
          })),
        ),
    };
  },
});
