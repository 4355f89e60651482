import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestDatabase } from '../support/database.ts';

test('every table has a primary key and lies in InnoDB: a cluster copies nothing else', async () => {
  await using database = await openTestDatabase();
  const tables: { name: string; engine: string; key_columns: number }[] = await database
    .db('information_schema.tables as t')
    .whereRaw('t.table_schema = database()')
    .where({ 't.table_type': 'BASE TABLE' })
    .select({
      name: 't.table_name',
      engine: 't.engine',
      key_columns: database.db.raw(
        `(select count(*) from information_schema.statistics s where s.table_schema = t.table_schema
          and s.table_name = t.table_name and s.index_name = 'PRIMARY')`,
      ),
    });
  assert.ok(tables.length > 50, `only ${tables.length} tables`);
  assert.deepEqual(
    tables.filter((table) => table.key_columns === 0 || table.engine !== 'InnoDB'),
    [],
  );
});
