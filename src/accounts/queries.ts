import type { Knex } from 'knex';
import type { Ctx } from '#lib/ctx.ts';
import { NotFound } from '#lib/errors.ts';
import { type ListDefinition, type ListQuery, offsetOf } from '#lib/lists.ts';
import type { UserRow } from './tables.ts';
import { type UserState, userStates } from './user-states.rules.ts';

/** A user as lists and pages see it. */
export type User = Omit<UserRow, 'password_hash'>;

const columns = [
  'id',
  'login',
  'name',
  'role',
  'scope',
  'session_version',
  'awaits_password',
  'password_set_at',
  'locked_until',
  'attempt_series',
  'disabled_at',
  'last_signed_in_at',
  'created_at',
  'updated_at',
] as const;

export async function findUser(ctx: Ctx, id: number): Promise<User> {
  const user = await findOptionalUser(ctx, id);
  if (!user) throw new NotFound('찾는 사용자가 없습니다.');
  return user;
}

export async function findOptionalUser(ctx: Ctx, id: number): Promise<User | undefined> {
  return ctx
    .db('users')
    .where({ id })
    .first(...columns);
}

export async function findUserByLogin(ctx: Ctx, login: string): Promise<User> {
  const user = isLogin(login)
    ? await ctx
        .db('users')
        .where({ login })
        .first(...columns)
    : undefined;
  if (!user) throw new NotFound(`아이디가 '${login}'인 사용자가 없습니다.`);
  return user;
}

/** With the hash, for the sign-in alone. */
export async function findCredentials(ctx: Ctx, login: string): Promise<UserRow | undefined> {
  return isLogin(login) ? ctx.db('users').where({ login }).first() : undefined;
}

/** The column holds ASCII: the database refuses to compare it with anything else. */
export function isLogin(text: string): boolean {
  return /^[a-z0-9][a-z0-9._@-]*$/.test(text);
}

export const userList: ListDefinition = {
  sorts: ['name', 'login', 'role', 'last_signed_in_at'],
  defaultSort: { key: 'name', dir: 'asc' },
  filters: { state: userStates },
};

export async function listUsers(ctx: Ctx, query: ListQuery): Promise<User[]> {
  return matchingUsers(ctx, query)
    .orderBy([
      { column: query.sort, order: query.dir },
      { column: 'id', order: query.dir },
    ])
    .limit(query.size)
    .offset(offsetOf(query))
    .select(...columns);
}

/** How many match the search, in all and by state. */
export async function countUsers(ctx: Ctx, query: ListQuery): Promise<Record<UserState | 'all', number>> {
  const rows: { state: UserState; n: number }[] = await matchingUsers(ctx, { ...query, filters: {} })
    .select({ state: stateSql(ctx) })
    .count({ n: '*' })
    .groupBy('state');
  const counts = { all: 0, active: 0, awaiting: 0, locked: 0, disabled: 0 };
  for (const { state, n } of rows) {
    counts[state] = Number(n);
    counts.all += Number(n);
  }
  return counts;
}

/** What `stateOf` says, for the database. */
function stateSql(ctx: Ctx): Knex.Raw {
  return ctx.db.raw(
    `CASE WHEN disabled_at IS NOT NULL THEN 'disabled' WHEN awaits_password = 1 THEN 'awaiting'
      WHEN locked_until > ? THEN 'locked' ELSE 'active' END`,
    [ctx.now()],
  );
}

function matchingUsers(ctx: Ctx, { q, filters }: ListQuery): Knex.QueryBuilder {
  const users = ctx.db('users');
  if (q) {
    const like = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
    users.where((either) => {
      either.where('name', 'like', like);
      if (isLogin(q)) either.orWhere('login', 'like', like);
    });
  }
  if (filters.state) users.whereRaw('? = ?', [stateSql(ctx), filters.state]);
  return users;
}
