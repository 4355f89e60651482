import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { declarationIn, findContractions, refusals } from '../../bin/releases/contracting.rules.ts';

const up = (sql: string) => `export async function up(knex) {\n  await knex.raw(\`${sql}\`);\n}\n`;

test('what takes something from a release beside it is found', () => {
  for (const sql of [
    'DROP TABLE orders',
    'ALTER TABLE orders DROP COLUMN memo',
    'ALTER TABLE orders RENAME COLUMN memo TO note',
    'ALTER TABLE orders MODIFY COLUMN memo VARCHAR(10)',
    'ALTER TABLE orders CHANGE memo note TEXT',
    'ALTER TABLE orders ADD UNIQUE KEY (memo)',
    'ALTER TABLE orders ADD CONSTRAINT one CHECK (memo > 0)',
    'DELETE FROM orders',
    'TRUNCATE orders',
    'ALTER TABLE orders ADD COLUMN note INT UNSIGNED NOT NULL',
    'ALTER TABLE orders ADD note INT NOT NULL',
    'ALTER TABLE orders ADD COLUMN \\`note\\` INT NOT NULL',
    'ALTER TABLE orders DROP memo',
    'ALTER TABLE orders DROP IF EXISTS memo',
    'ALTER TABLE orders DROP INDEX by_note',
    'ALTER TABLE orders DROP PRIMARY KEY, ADD PRIMARY KEY (id, shop)',
    'ALTER TABLE \\`orders\\` ADD UNIQUE (memo)',
    'ALTER TABLE orders ALTER COLUMN memo DROP DEFAULT',
    'ALTER TABLE orders CONVERT TO CHARACTER SET latin1',
    'CREATE UNIQUE INDEX once ON orders (memo)',
    'CREATE OR REPLACE TABLE orders (id INT)',
    'ALTER TABLE orders ADD COLUMN a INT NOT NULL DEFAULT 0, ADD COLUMN IF NOT EXISTS b TEXT NOT NULL',
  ])
    assert.notDeepEqual(findContractions(up(sql)), [], sql);
  for (const code of [
    "knex.schema.dropTableIfExists('a')",
    "table.renameColumn('a', 'b')",
    "table.dropUnique(['a'])",
    "knex.schema.alterTable('a', (table) => { table.string('b').notNullable(); })",
    "knex('a').del()",
  ])
    assert.notDeepEqual(findContractions(`export async function up(knex) { ${code} }`), [], code);
});

test('what only adds is not', () => {
  for (const sql of [
    'CREATE TABLE IF NOT EXISTS notes (id BIGINT NOT NULL PRIMARY KEY, body TEXT NOT NULL, UNIQUE KEY (body))',
    "ALTER TABLE orders ADD COLUMN IF NOT EXISTS scope VARCHAR(8) NOT NULL DEFAULT 'role'",
    'ALTER TABLE orders ADD COLUMN note TEXT NULL, ADD INDEX IF NOT EXISTS by_note (note)',
  ])
    assert.deepEqual(findContractions(up(sql)), [], sql);
  for (const code of [
    "knex.schema.createTable('a', (table) => { table.string('b').notNullable(); })",
    "knex.schema.alterTable('a', (table) => { table.string('b').notNullable().defaultTo(''); })",
  ])
    assert.deepEqual(findContractions(`export async function up(knex) { ${code} }`), [], code);
});

test('neither the way back nor a comment counts', () => {
  const source = `${up('ALTER TABLE a ADD COLUMN b INT NULL')}
// DROP TABLE a would be wrong
/* RENAME */
export async function down(knex) {
  await knex.raw('ALTER TABLE a DROP COLUMN b');
}
`;
  assert.deepEqual(findContractions(source), []);
});

test('a way back of one line does not hide what comes after it', () => {
  const source = `export async function down() {}\n\n${up('DROP TABLE orders')}`;
  assert.notDeepEqual(findContractions(source), []);
});

const drop = (declared = '') => ({
  name: '20270105_40_names.ts',
  source: declared + up('ALTER TABLE users DROP COLUMN name'),
});
const declared = "export const contracts = { unusedSince: '20261201_33_names' } as const;\n";

test('a migration that takes away is refused while a release lives that uses what it takes', () => {
  const old = { title: 'green 슬롯의 0.2.0', newest: '20261121_32_x' };
  const fresh = { title: 'blue 슬롯의 0.3.0', newest: '20261201_33_names' };
  assert.match(refusals([drop(declared)], [old, fresh]).join(), /green 슬롯의 0\.2\.0.*먼저 끝내세요/);
  assert.deepEqual(refusals([drop(declared)], [fresh]), []);
  assert.deepEqual(refusals([drop(declared)], []), []);
});

test('one that does not say since when is refused beside any release', () => {
  const fresh = { title: 'blue 슬롯의 0.3.0', newest: '20261201_33_names' };
  assert.match(refusals([drop()], [fresh]).join(), /contracts에 적어야 합니다/);
  assert.deepEqual(refusals([drop()], []), []);
});

test('one that only looks so says why', () => {
  const source = `export const expands = 'the rows belong to nobody';\n${up('DELETE FROM leftovers')}`;
  assert.deepEqual(refusals([{ name: 'x.ts', source }], [{ title: 'blue', newest: '' }]), []);
  assert.equal(declarationIn(source).expands, 'the rows belong to nobody');
});

test('each migration of ours runs beside the release before it', () => {
  const root = join(import.meta.dirname, '../..');
  const names = globSync('migrations/*.ts', { cwd: root }).map((path) => basename(path));
  assert.ok(names.length > 15);
  const undeclared = names.filter((name) => {
    const source = readFileSync(join(root, 'migrations', name), 'utf8');
    const { expands, unusedSince } = declarationIn(source);
    return findContractions(source).length > 0 && !expands && !unusedSince;
  });
  assert.deepEqual(undeclared, []);
});
