import type { Ctx } from '#lib/ctx.ts';
import type { AppModule } from '#lib/module.ts';

export interface MenuEntry {
  label: string;
  href: string;
  icon: string;
  /** The number beside the label; 0 shows none. */
  count: number;
  active: boolean;
}

/** The places this person may go, in the order of the modules, with their numbers. */
export async function menuFor(ctx: Ctx, modules: readonly AppModule[], path: string): Promise<MenuEntry[]> {
  const items = modules
    .flatMap((module) => module.menu ?? [])
    .filter((item) => ctx.actor.permissions.has(item.permission));
  const here = items
    .map(({ href }) => href)
    .filter((href) => path === href || path.startsWith(`${href}/`))
    .sort((a, b) => b.length - a.length)[0];

  return Promise.all(
    items.map(async ({ label, href, icon, badge }) => ({
      label,
      href,
      icon,
      count: badge ? await badge(ctx) : 0,
      active: href === here,
    })),
  );
}
