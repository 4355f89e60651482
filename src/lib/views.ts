import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import { day, shortDateTime } from '#lib/dates.ts';
import { listParams, listUrl, nextDir, pager, pageSizes, quickRanges } from '#lib/lists.ts';
import { won } from '#lib/money.ts';
import { formatPhone } from '#lib/phone.ts';

export const viewsDirectory = fileURLToPath(new URL('../../views', import.meta.url));

/** Trusted HTML made by us: `<%= %>` prints it as it is. */
export class Markup {
  readonly html: string;
  constructor(html: string) {
    this.html = html;
  }
  toString(): string {
    return this.html;
  }
}

const eta = new Eta({ views: viewsDirectory, cache: true, escapeFunction: print });

/** Renders a template by its name below views/, like 'orders/show'. */
export function renderView(name: string, data: object): string {
  return eta.render(name, data);
}

/** What Express calls for `res.render('orders/show', data)`. */
export function viewEngine(file: string, data: object, done: (error: unknown, html?: string) => void): void {
  try {
    done(null, renderView(relative(viewsDirectory, file), data));
  } catch (error) {
    done(error);
  }
}

/** What every template finds in `it`, whoever renders it. */
export const viewTools = {
  f: {
    won,
    phone: formatPhone,
    /** 2026-11-21; DATE columns come as text already. */
    day: (value: Date | string | null | undefined) => (value instanceof Date ? day(value) : (value ?? '')),
    /** 2026-11-21 09:05 */
    dateTime: (value: Date | null | undefined) =>
      value ? `${value.getFullYear()}-${shortDateTime(value)}` : '',
    shortDateTime,
    number: (value: number | null | undefined) => (value == null ? '' : value.toLocaleString('ko-KR')),
  },
  icon,
  attributes,
  list: { url: listUrl, params: listParams, pager, nextDir, quickRanges, sizes: pageSizes },
};

const iconDirectory = join(
  dirname(createRequire(import.meta.url).resolve('bootstrap-icons/package.json')),
  'icons',
);
const icons = new Map<string, Markup>();

/** An icon of bootstrap-icons; it decorates, so the text beside it must say what it means. */
function icon(name: string): Markup {
  const known = icons.get(name);
  if (known) return known;
  const svg = readFileSync(join(iconDirectory, `${name}.svg`), 'utf8');
  const made = new Markup(
    svg.replace(/ class="[^"]*"/, ' class="icon" aria-hidden="true" focusable="false"'),
  );
  icons.set(name, made);
  return made;
}

/** Attributes of one element; those that are undefined or false are left out. */
function attributes(values: Record<string, string | number | boolean | undefined>): Markup {
  const set = Object.entries(values).filter(([, value]) => value !== undefined && value !== false);
  return new Markup(
    set.map(([name, value]) => (value === true ? name : `${name}="${print(value)}"`)).join(' '),
  );
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Null and undefined print nothing. */
function print(value: unknown): string {
  if (value == null) return '';
  if (value instanceof Markup) return value.html;
  return String(value).replace(/[&<>"']/g, (character) => entities[character] as string);
}
