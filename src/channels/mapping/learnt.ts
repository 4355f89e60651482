import type { Ctx } from '#lib/ctx.ts';
import { knownLayout, type Layout } from '../layouts/index.ts';
import type { LearntColumn } from './drift.rules.ts';
import { layoutFrom } from './learnt-layout.rules.ts';

export interface ChannelLayoutRow {
  id: number;
  channel_id: number;
  name: string;
  columns_json: string;
  header_row: number;
  import_id: number;
  created_by: number | null;
  created_by_name: string;
  created_at: Date;
  /** The layout that took its place; it still reads what was imported with it. */
  replaced_by: number | null;
}

/** A layout a person has taught, with what it needs to find out that a file has changed. */
export interface Learnt {
  id: number;
  channelId: number;
  layout: Layout;
  columns: LearntColumn[];
}

type Found = Pick<ChannelLayoutRow, 'id' | 'channel_id' | 'name' | 'columns_json'> & { code: string };

function learntLayouts(ctx: Ctx) {
  return ctx
    .db('channel_layouts')
    .join('channels', 'channels.id', 'channel_layouts.channel_id')
    .select(
      'channel_layouts.id',
      'channel_layouts.channel_id',
      'channel_layouts.name',
      'channel_layouts.columns_json',
      'channels.code',
    )
    .orderBy('channel_layouts.id');
}

/** The layouts that files are read by now; those of one channel when its id is given. */
export async function listLearnt(ctx: Ctx, channelId = 0): Promise<Learnt[]> {
  const query = learntLayouts(ctx).whereNull('channel_layouts.replaced_by');
  if (channelId) query.where('channel_layouts.channel_id', channelId);
  const rows: Found[] = await query;
  return rows.map(learntOf);
}

/** The layout an import was read with, also one that people taught and replaced since. */
export async function findLayout(ctx: Ctx, code: string | null): Promise<Layout> {
  const id = learntId(code);
  if (id === undefined) return knownLayout(code);
  const row: Found | undefined = await learntLayouts(ctx).where('channel_layouts.id', id).first();
  if (!row) throw new Error(`there is no layout ${code}`);
  return learntOf(row).layout;
}

export async function findLearntColumns(ctx: Ctx, id: number): Promise<LearntColumn[]> {
  const row: Found | undefined = await learntLayouts(ctx).where('channel_layouts.id', id).first();
  return row ? learntOf(row).columns : [];
}

/** Undefined for a layout that was known from the start. */
export function learntId(code: string | null): number | undefined {
  const id = /^learnt:(\d{1,15})$/.exec(code ?? '')?.[1];
  return id === undefined ? undefined : Number(id);
}

function learntOf({ id, channel_id, name, columns_json, code }: Found): Learnt {
  const columns = JSON.parse(columns_json) as LearntColumn[];
  return { id, channelId: channel_id, columns, layout: layoutFrom({ id, channel: code, name }, columns) };
}
