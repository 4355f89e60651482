import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Each level may use the ones before it, by their front door. */
const levels = [
  ['lib'],
  ['accounts', 'products', 'regions', 'downloads', 'personal', 'operations'],
  ['orders'],
  ['channels', 'couriers', 'deliveries', 'partners'],
  ['stores'],
];

/** Files that put modules together and so may use any of them. */
const composers = /^(module|routes|jobs|reactions|[a-z-]+-routes)\.ts$/;

interface Import {
  from: string;
  to: string;
  text: string;
}

const files = globSync('src/**/*.ts', { cwd: root });
const imports = files.flatMap((file) => importsOf(file));

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);
  return found
    .filter((specifier) => specifier.startsWith('.') || specifier.startsWith('#'))
    .map((specifier) => ({ from: file, to: resolve(file, specifier), text: specifier }));
}

function resolve(file: string, specifier: string): string {
  if (specifier.startsWith('#lib/')) return `src/lib/${specifier.slice(5)}`;
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}/index.ts`;
  return relative(root, join(root, dirname(file), specifier));
}

/** `orders` for src/orders/lines.ts, undefined for src/app.ts. */
function moduleOf(file: string): string | undefined {
  return /^src\/([^/]+)\//.exec(file)?.[1];
}

const levelOf = (name: string) => levels.findIndex((level) => level.includes(name));

test('the checker sees the files and their imports', () => {
  assert.ok(files.length > 50, `only ${files.length} files`);
  assert.ok(imports.length > 150, `only ${imports.length} imports`);
  for (const name of levels.flat())
    assert.ok(
      files.some((file) => moduleOf(file) === name),
      `no file of ${name}`,
    );
});

test('every import leads to a file', () => {
  const known = new Set(files);
  const broken = imports.filter(({ to }) => !known.has(to));
  assert.deepEqual(broken, []);
});

test('every folder of src is a module with a place in the order', () => {
  const unknown = new Set(files.map(moduleOf).filter((name) => name !== undefined && levelOf(name) < 0));
  assert.deepEqual([...unknown], []);
});

test('modules use only modules to the left of them', () => {
  const wrong = imports.filter(({ from, to }) => {
    const [user, used] = [moduleOf(from), moduleOf(to)];
    if (!user || user === used || composers.test(from.split('/').at(-1)!)) return false;
    return !used || levelOf(used) >= levelOf(user);
  });
  assert.deepEqual(wrong, []);
});

test('modules enter each other by the front door', () => {
  const wrong = imports.filter(({ from, to, text }) => {
    const [user, used] = [moduleOf(from), moduleOf(to)];
    if (!user || !used || user === used || used === 'lib') return false;
    return !text.startsWith('#');
  });
  assert.deepEqual(wrong, []);
});

test('rules know no database, no clock and no Express', () => {
  const rules = files.filter((file) => file.endsWith('.rules.ts'));
  assert.ok(rules.length >= 5, `only ${rules.length} rules`);
  for (const file of rules) {
    const text = readFileSync(join(root, file), 'utf8');
    assert.doesNotMatch(text, /#lib\/(db|batches|redis|queue)\.ts|from 'express'|from 'knex'/, file);
    assert.doesNotMatch(text, /new Date\(\)|Date\.now\(\)/, file);
  }
});

test('no files import each other in a circle', () => {
  const edges = new Map<string, string[]>();
  for (const { from, to } of runtimeImports()) edges.set(from, [...(edges.get(from) ?? []), to]);
  assert.deepEqual(findCircle(edges), []);
});

/** Types vanish before the program runs: only imports of values can make a circle. */
function runtimeImports(): Import[] {
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
      .replace(/import type [^;]+;/g, '')
      .replace(/export type [^;]*from [^;]+;/g, '');
    const values = new Set([...text.matchAll(/from '([^']+)'/g)].map((match) => match[1]!));
    return importsOf(file).filter((found) => values.has(found.text));
  });
}

function findCircle(edges: ReadonlyMap<string, string[]>): string[] {
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const next of edges.get(file) ?? []) {
      const circle = visit(next, [...path, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of edges.keys()) {
    const circle = visit(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

test('migrations import no code of the application', () => {
  const migrations = globSync('migrations/*.ts', { cwd: root });
  assert.ok(migrations.length > 0);
  for (const file of migrations) {
    const values = readFileSync(join(root, file), 'utf8').match(/^import (?!type).*$/gm) ?? [];
    assert.deepEqual(values, [], file);
  }
});

test('views escape what they print, except layouts and partials', () => {
  const views = globSync('views/**/*.eta', { cwd: root });
  assert.ok(views.length > 10);
  for (const file of views) {
    const raw = [...readFileSync(join(root, file), 'utf8').matchAll(/<%~\s*([^%]+)%>/g)].map((match) =>
      match[1]!.trim(),
    );
    const wrong = raw.filter((expression) => !/^(include\(|block\(|it\.body\b)/.test(expression));
    assert.deepEqual(wrong, [], file);
  }
});

test('no page carries a script or a style of its own', () => {
  for (const file of globSync('views/**/*.eta', { cwd: root })) {
    const text = readFileSync(join(root, file), 'utf8');
    assert.doesNotMatch(text, /<script(?![^>]*\bsrc=)[^>]*>|\sstyle="|\son[a-z]+="/, file);
  }
});
