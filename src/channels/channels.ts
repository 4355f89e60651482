import type { Knex } from 'knex';
import { type Ctx, withinScope } from '#lib/ctx.ts';
import { NotFound } from '#lib/errors.ts';
import type { SealedColumn } from '#lib/resealing.ts';
import type { ChannelRow, ImportRow } from './tables.ts';

const purpose = 'channel-password';

export const sealedPasswords: SealedColumn = {
  table: 'channels',
  column: 'file_password',
  key: ['id'],
  purpose,
};

/** The channels the actor works with. */
function visibleChannels(ctx: Ctx): Knex.QueryBuilder {
  return withinScope(ctx.db('channels'), ctx, 'channels.id');
}

export async function listChannels(ctx: Ctx): Promise<ChannelRow[]> {
  return visibleChannels(ctx).orderBy('id');
}

/** The channels whose files come in and go out; our own stores have none. */
export async function listMalls(ctx: Ctx): Promise<ChannelRow[]> {
  return visibleChannels(ctx).whereNot({ layout: 'store' }).orderBy('id');
}

export async function findChannel(ctx: Ctx, id: number): Promise<ChannelRow> {
  const channel: ChannelRow | undefined = await visibleChannels(ctx).where({ id }).first();
  if (!channel) throw new NotFound('없는 채널입니다.');
  return channel;
}

/** Whose file an import is; one nobody knows yet has a name to show. */
export async function findChannelOf(
  ctx: Ctx,
  { channel_id }: Pick<ImportRow, 'channel_id'>,
): Promise<Pick<ChannelRow, 'id' | 'code' | 'name'>> {
  return channel_id ? findChannel(ctx, channel_id) : { id: 0, code: '', name: '채널 미정' };
}

export async function findChannelByCode(ctx: Ctx, code: string): Promise<ChannelRow> {
  const isCode = /^[\w-]+$/.test(code); // the database would not compare anything else
  const channel: ChannelRow | undefined = isCode
    ? await visibleChannels(ctx).where({ code }).first()
    : undefined;
  if (!channel) throw new NotFound(`‘${code}’ 채널이 없습니다.`);
  return channel;
}

/** The passwords locked files usually open with, those of the channel first: whose file it is shows only inside. */
export async function rememberedPasswords(ctx: Ctx, channelId: number): Promise<string[]> {
  const channels: ChannelRow[] = await ctx.db('channels').whereNotNull('file_password').orderBy('id');
  return channels
    .sort((a, b) => Number(b.id === channelId) - Number(a.id === channelId))
    .map(({ file_password }) => ctx.vault.open(purpose, file_password!).toString('utf8'));
}

export async function rememberPassword(ctx: Ctx, channelId: number, password: string): Promise<void> {
  await ctx
    .db('channels')
    .where({ id: channelId })
    .update({ file_password: ctx.vault.seal(purpose, Buffer.from(password, 'utf8')) });
}
