import type { Ctx } from '#lib/ctx.ts';
import { NotFound } from '#lib/errors.ts';
import type { ChannelRow } from './tables.ts';

const purpose = 'channel-password';

export async function listChannels(ctx: Ctx): Promise<ChannelRow[]> {
  return ctx.db('channels').orderBy('id');
}

export async function findChannel(ctx: Ctx, id: number): Promise<ChannelRow> {
  const channel: ChannelRow | undefined = await ctx.db('channels').where({ id }).first();
  if (!channel) throw new NotFound('없는 채널입니다.');
  return channel;
}

export async function findChannelByCode(ctx: Ctx, code: string): Promise<ChannelRow> {
  const channel: ChannelRow | undefined = await ctx.db('channels').where({ code }).first();
  if (!channel) throw new NotFound(`‘${code}’ 채널이 없습니다.`);
  return channel;
}

/** The password the channel's locked files usually open with. */
export function rememberedPassword(ctx: Ctx, channel: ChannelRow): string | undefined {
  return channel.file_password ? ctx.vault.open(purpose, channel.file_password).toString('utf8') : undefined;
}

export async function rememberPassword(ctx: Ctx, channelId: number, password: string): Promise<void> {
  await ctx
    .db('channels')
    .where({ id: channelId })
    .update({ file_password: ctx.vault.seal(purpose, Buffer.from(password, 'utf8')) });
}
