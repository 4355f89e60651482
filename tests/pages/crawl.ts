import type { Answer, Client } from '../support/client.ts';

export interface Visit {
  path: string;
  /** The same for pages of one kind: numbers and values of the address do not count. */
  kind: string;
  /** The page whose link led here. */
  from: string;
  answer: Answer;
}

/** Follows the links from `/` on, a few addresses of each kind. */
export async function crawl(client: Client, perKind = 2): Promise<Visit[]> {
  const visits: Visit[] = [];
  const known = new Set(['/']);
  const taken = new Map<string, number>();
  const waiting = [{ path: '/', from: '' }];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const kind = kindOf(next.path);
    const before = taken.get(kind) ?? 0;
    if (before >= perKind) continue;
    taken.set(kind, before + 1);

    const answer = await client.get(next.path);
    visits.push({ ...next, kind, answer });
    const links = answer.location ? [answer.location] : linksOf(answer.text);
    for (const path of links.filter((link) => !known.has(link))) {
      known.add(path);
      waiting.push({ path, from: next.path });
    }
  }
  return visits;
}

function kindOf(path: string): string {
  const url = new URL(path, 'http://moa');
  const names = [...new Set(url.searchParams.keys())].sort().join('&');
  return url.pathname.replace(/\d+/g, 'N') + (names && `?${names}`);
}

function linksOf(html: string): string[] {
  return [...html.matchAll(/<a [^>]*href="(\/[^"#]*)/g)].map(([, href]) => href!.replaceAll('&amp;', '&'));
}

/** The style sheets, scripts and pictures a page names. */
export function assetsOf(html: string): string[] {
  return [...html.matchAll(/<(?:link|script|img)[^>]* (?:href|src)="(\/[^"]*)"/g)].map(([, path]) => path!);
}

/** Where the forms of a page lead, with the names of their fields; a button may lead elsewhere. */
export function formsOf(html: string): [action: string, names: string[], html: string][] {
  return [...html.matchAll(/<form [^>]*method="post"[\s\S]*?<\/form>/g)].flatMap(([form]) => {
    const names = new Set([...form.matchAll(/ name="([^"]+)"/g)].map(([, name]) => name!));
    names.delete('_csrf');
    const actions = [...form.matchAll(/ (?:form)?action="([^"]+)"/g)].map(([, action]) =>
      action!.replaceAll('&amp;', '&'),
    );
    return [...new Set(actions)].map((action): [string, string[], string] => [action, [...names], form]);
  });
}
