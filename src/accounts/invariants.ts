import type { Invariant } from '#lib/invariants.ts';
import { keysStand, rowsOf } from '#lib/invariants.ts';

/** Tables whose rows belong to a user. */
const ofUsers = [
  'remembered_devices',
  'second_factors',
  'recovery_codes',
  'user_identities',
  'user_channels',
  'former_passwords',
] as const;

export const invariants: readonly Invariant[] = [
  keysStand('accounts.keys', '사용자', {
    users: ['login'],
    roles: ['code'],
    remembered_devices: ['series_hash'],
    password_links: ['token_hash'],
    recovery_codes: ['user_id,code_hash'],
    user_identities: ['issuer,subject', 'user_id,issuer'],
  }),
  {
    name: 'accounts.roles',
    sentence: '모든 사용자의 역할이 있습니다.',
    async *find(snap) {
      const rows = await rowsOf<{ id: number }>(
        snap,
        'SELECT users.id FROM users LEFT JOIN roles ON roles.code = users.role WHERE roles.id IS NULL',
      );
      for (const { id } of rows) yield { words: `사용자 ${id}번의 역할이 없습니다.`, href: `/users/${id}` };
      const loose = await rowsOf<{ id: number }>(
        snap,
        `SELECT role_id AS id FROM role_permissions LEFT JOIN roles ON roles.id = role_id WHERE roles.id IS NULL
         UNION SELECT role_id FROM role_channels LEFT JOIN roles ON roles.id = role_id WHERE roles.id IS NULL`,
      );
      for (const { id } of loose)
        yield { words: `없는 역할 ${id}번의 권한이 남아 있습니다.`, href: '/roles' };
    },
  },
  {
    name: 'accounts.owners',
    sentence: '기기, 2단계 인증, 범위는 모두 있는 사용자와 있는 채널의 것입니다.',
    async *find(snap) {
      for (const table of ofUsers) {
        const rows = await rowsOf<{ n: number }>(
          snap,
          `SELECT COUNT(*) AS n FROM ${table} own LEFT JOIN users ON users.id = own.user_id WHERE users.id IS NULL`,
        );
        if (rows[0]!.n > 0)
          yield { words: `표 ${table}에 없는 사용자의 것이 ${rows[0]!.n}건 있습니다.`, href: '/users' };
      }
      for (const table of ['user_channels', 'role_channels']) {
        const rows = await rowsOf<{ n: number }>(
          snap,
          `SELECT COUNT(*) AS n FROM ${table} own LEFT JOIN channels ON channels.id = own.channel_id
           WHERE channels.id IS NULL`,
        );
        if (rows[0]!.n > 0)
          yield { words: `표 ${table}에 없는 채널의 것이 ${rows[0]!.n}건 있습니다.`, href: '/users' };
      }
    },
  },
  {
    name: 'accounts.administrator',
    sentence: '로그인할 수 있는 관리자가 있습니다.',
    async *find(snap) {
      const [row] = await rowsOf<{ people: number; administrators: number }>(
        snap,
        `SELECT COUNT(*) AS people, COALESCE(SUM(roles.based_on = 'admin' AND users.disabled_at IS NULL), 0) AS administrators
         FROM users LEFT JOIN roles ON roles.code = users.role`,
      );
      if (row!.people > 0 && Number(row!.administrators) === 0)
        yield { words: '로그인할 수 있는 관리자가 한 명도 없습니다.', href: '/users' };
    },
  },
];
