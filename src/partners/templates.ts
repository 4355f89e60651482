import type { Ctx } from '#lib/ctx.ts';
import { transaction } from '#lib/db.ts';
import { record } from '#lib/events.ts';
import { lockPartner } from './partners.ts';
import type { PartnerRow } from './tables.ts';
import { defaultTemplate, type Template } from './template.rules.ts';

/** What a partner's sheets look like from now on; a sheet that was made keeps its own. */
export function templateOf({ template }: Pick<PartnerRow, 'template'>): Template {
  return template === null ? defaultTemplate : (JSON.parse(template) as Template);
}

export async function saveTemplate(ctx: Ctx, partnerId: number, template: Template): Promise<void> {
  await transaction(ctx, async (tx) => {
    const before = await lockPartner(tx, partnerId);
    const text = JSON.stringify(template);
    if (before.template === text) return;

    await tx.db('partners').where({ id: partnerId }).update({ template: text });
    await record(tx, 'partner.template_changed', 'partner', partnerId, {
      before: templateOf(before),
      after: template,
    });
  });
}

/** Back to the sheet everybody gets. */
export async function resetTemplate(ctx: Ctx, partnerId: number): Promise<void> {
  await transaction(ctx, async (tx) => {
    const before = await lockPartner(tx, partnerId);
    if (before.template === null) return;

    await tx.db('partners').where({ id: partnerId }).update({ template: null });
    await record(tx, 'partner.template_reset', 'partner', partnerId, { before: templateOf(before) });
  });
}
