import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import { type Courier, couriers, type Template } from './known/index.ts';

export interface Sender {
  name: string;
  phone: string;
  phone2: string;
  postcode: string;
  address: string;
}

export interface ShownTemplate {
  courier: Courier;
  template: Template;
  /** Who changed it, and when; undefined while it is as it was from the start. */
  changed: { by: string; at: Date } | undefined;
}

export async function readTemplate(ctx: Ctx, courier: Courier): Promise<ShownTemplate> {
  const row = await ctx.db('courier_templates').where({ courier: courier.code }).first();
  if (!row) return { courier, template: courier.template, changed: undefined };
  return {
    courier,
    template: JSON.parse(row.template_json) as Template,
    changed: { by: row.changed_by_name, at: row.changed_at },
  };
}

export async function listTemplates(ctx: Ctx): Promise<ShownTemplate[]> {
  return Promise.all(couriers.map((courier) => readTemplate(ctx, courier)));
}

export async function saveTemplate(ctx: Ctx, courier: Courier, template: Template): Promise<void> {
  await transaction(ctx, async (tx) => {
    const row = {
      template_json: JSON.stringify(template),
      changed_by_name: tx.actor.name,
      changed_at: tx.now(),
    };
    await tx
      .db('courier_templates')
      .insert({ courier: courier.code, ...row })
      .onConflict('courier')
      .merge(row);
    await record(tx, 'couriers.template_changed', 'courier', 0, { courier: courier.code, template });
  });
}

/** Back to the template the courier has from the start. */
export async function resetTemplate(ctx: Ctx, courier: Courier): Promise<void> {
  await transaction(ctx, async (tx) => {
    const gone = await tx.db('courier_templates').where({ courier: courier.code }).delete();
    if (gone > 0) await record(tx, 'couriers.template_reset', 'courier', 0, { courier: courier.code });
  });
}

/** Who sends all parcels; blank until somebody has said it. */
export async function readSender(ctx: Ctx): Promise<Sender> {
  const row: Sender | undefined = await ctx
    .db('courier_sender')
    .where({ id: 1 })
    .first('name', 'phone', 'phone2', 'postcode', 'address');
  return row ?? { name: '', phone: '', phone2: '', postcode: '', address: '' };
}

export async function saveSender(ctx: Ctx, sender: Sender): Promise<void> {
  await transaction(ctx, async (tx) => {
    const row = { ...sender, changed_by_name: tx.actor.name, changed_at: tx.now() };
    await tx
      .db('courier_sender')
      .insert({ id: 1, ...row })
      .onConflict('id')
      .merge(row);
    await record(tx, 'couriers.sender_changed', 'courier', 0);
  });
}

/** True when a column of the template tells who sends. */
export function needsSender(template: Template): boolean {
  return template.columns.some(({ field }) => field.startsWith('sender'));
}
