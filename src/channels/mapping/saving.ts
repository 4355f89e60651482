import { randomBytes } from 'node:crypto';
import { type Ctx, covers, may } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { NotFound, Refusal } from '#lib/errors.ts';
import { record } from '#lib/events.ts';
import { lockImport } from '../imports.ts';
import { readLater } from '../receiving.ts';
import type { ChannelRow, ImportRow, ImportState } from '../tables.ts';
import { contentToRemember, type LearntColumn } from './drift.rules.ts';
import type { Field } from './fields.rules.ts';
import { findHead, type KeptHead } from './heads.ts';
import { type Learnt, listLearnt } from './learnt.ts';
import { faultsOf } from './mapping.rules.ts';

/** What a person said of a file. */
export interface Mapping {
  /** A channel there is, or the name of a new one. */
  channel: { id: number } | { name: string };
  /** By the place of the column; '' for one that is not used. */
  fields: readonly (Field | '')[];
  /** Which reading of the file the page showed. */
  comparison: number;
}

/** States in which a file's columns may be named. Of a proposal they may be named anew: nothing is applied yet. */
export const mappableStates: readonly ImportState[] = ['unmapped', 'refused', 'proposed'];

/**
 * Remembers for the channel what a file's columns are, and has it read again, with all files that wait with the very
 * same header. What the channel was taught of such files before is replaced; it still reads what it brought in. Of two
 * people at once the second is told.
 */
export async function saveMapping(ctx: Ctx, importId: number, mapping: Mapping): Promise<void> {
  const again = await transaction(ctx, async (tx) => {
    if (!may(tx, 'imports.map')) throw new NotFound('없는 가져오기입니다.');
    const row = await lockImport(tx, importId);
    if (!mappableStates.includes(row.state) || row.comparison !== mapping.comparison) {
      throw new Refusal(
        '그사이 다른 사람이 이 파일의 열을 맞췄습니다. 가져오기 화면에서 결과를 확인해 주세요.',
      );
    }
    const channels = await lockChannels(tx); // before anything is read: what others have just taught is seen
    const head = await findHead(tx, importId);
    if (!head) throw new Refusal('원본 파일을 지워 다시 읽을 수 없습니다. 파일을 다시 올려 주세요.');
    if (isFaulty(head, mapping)) throw new Refusal('표시된 열을 확인해 주세요.');

    const channel = await channelFor(tx, channels, mapping.channel);
    const layoutId = await learn(tx, row, head, channel, mapping.fields);
    await record(tx, 'import.mapped', 'import', importId, { layoutId, layout: layoutName(channel) });
    return waitAgain(tx, [importId, ...(await sameHeader(tx, head, channel.id))], importId, channel.id);
  });
  for (const id of again) await readLater(ctx, id);
}

function isFaulty({ table }: KeptHead, { fields }: Mapping): boolean {
  const { missing, columns } = faultsOf(table.columns, fields);
  return missing.length > 0 || columns.size > 0;
}

/** Channels are few and rarely added: they are locked all at once, so that no name is given twice. */
async function lockChannels(tx: Ctx): Promise<ChannelRow[]> {
  return tx.db('channels').orderBy('id').forUpdate();
}

async function channelFor(
  tx: Ctx,
  channels: readonly ChannelRow[],
  asked: Mapping['channel'],
): Promise<Pick<ChannelRow, 'id' | 'name'>> {
  if ('id' in asked) {
    const channel = channels.find(
      ({ id, layout }) => id === asked.id && layout !== 'store' && covers(tx, id),
    );
    if (!channel) throw new Refusal('채널을 목록에서 골라 주세요.');
    return channel;
  }
  if (tx.actor.scope !== 'all') {
    throw new Refusal('새 채널은 모든 채널을 맡은 사람만 만들 수 있습니다. 관리자에게 부탁해 주세요.');
  }
  const same = channels.find(({ name }) => plain(name) === plain(asked.name));
  if (same) throw new Refusal(`‘${same.name}’ 채널이 이미 있습니다. 채널 목록에서 골라 주세요.`);
  const code = `shop-${randomBytes(4).toString('hex')}`;
  const [id] = await tx.db('channels').insert({ code, name: asked.name, layout: 'learnt' });
  await record(tx, 'channel.added', 'channel', id!, { name: asked.name });
  return { id: id!, name: asked.name };
}

const plain = (name: string) => name.replace(/\s+/g, '').toLowerCase();
const layoutName = ({ name }: Pick<ChannelRow, 'name'>) => `${name} 주문 파일`;

async function learn(
  tx: Ctx,
  row: ImportRow,
  { table, learntId }: KeptHead,
  channel: Pick<ChannelRow, 'id' | 'name'>,
  fields: Mapping['fields'],
): Promise<number> {
  const columns = table.columns.flatMap(({ header, profile }, at): LearntColumn[] => {
    const field = fields[at] ?? '';
    const content = contentToRemember(field, profile);
    return header === '' ? [] : [{ header, field, content }];
  });
  const before = await listLearnt(tx, channel.id);
  const [id] = await tx.db('channel_layouts').insert({
    channel_id: channel.id,
    name: layoutName(channel),
    columns_json: JSON.stringify(columns),
    header_row: table.row,
    import_id: row.id,
    created_by: tx.actor.id,
    created_by_name: tx.actor.name,
    created_at: tx.now(),
  });
  const headers = new Set(columns.map(({ header }) => header));
  const replaced = before.filter((one) => one.id === learntId || fits(one, headers)).map((one) => one.id);
  await tx.db('channel_layouts').whereIn('id', replaced).update({ replaced_by: id });
  await record(tx, 'channel.layout_learnt', 'channel', channel.id, {
    importId: row.id,
    layoutId: id,
    replaced,
    columns: columns.filter(({ field }) => field !== '').map(({ header, field }) => ({ header, field })),
  });
  return id!;
}

function fits({ layout }: Learnt, headers: ReadonlySet<string>): boolean {
  return layout.learnt!.every((header) => headers.has(header));
}

const mostAtOnce = 50;

/**
 * Other files that wait for the same: one answer does for all that may be this channel's. One that somebody names the
 * columns of right now is left to that person.
 */
async function sameHeader(tx: Ctx, { table }: KeptHead, channelId: number): Promise<number[]> {
  const waiting: number[] = await tx
    .db('imports')
    .where({ state: 'unmapped' })
    .whereIn('channel_id', [0, channelId])
    .orderBy('id', 'desc')
    .limit(mostAtOnce)
    .forUpdate()
    .skipLocked()
    .pluck('id');
  const header = (head: KeptHead) => JSON.stringify(head.table.columns.map((column) => column.header));
  const wanted = header({ table, channelId });
  const heads = await Promise.all(waiting.map(async (id) => ({ id, head: await findHead(tx, id) })));
  return heads.filter(({ head }) => head && header(head) === wanted).map(({ id }) => id);
}

async function waitAgain(
  tx: Ctx,
  ids: readonly number[],
  importId: number,
  channelId: number,
): Promise<number[]> {
  const waiting: number[] = [];
  for (const id of new Set(ids)) {
    const update = tx.db('imports').where({ id }).whereIn('state', mappableStates);
    const changed = await update.update({
      state: 'waiting',
      failure: null,
      agreed_comparison: null,
      ...(id === importId && { channel_id: channelId }),
    });
    if (changed) waiting.push(id);
  }
  return waiting;
}
