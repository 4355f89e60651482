import type { Ctx } from '#lib/ctx.ts';

const perStatement = 500;

/**
 * Inserts many rows in few statements and returns their ids in order. All rows must have the keys of the first. It
 * builds its own SQL: for rows of many columns a query builder costs as much again as the insert.
 */
export async function insertMany(tx: Ctx, table: string, rows: readonly object[]): Promise<number[]> {
  const ids: number[] = [];
  for (const part of inParts(rows)) {
    const added = (await send(tx, `${statement(table, part)} RETURNING id`, values(part))) as {
      id: number;
    }[];
    for (const row of added) ids.push(row.id);
  }
  return ids;
}

/** Inserts many rows; where the key is taken, `update` names the columns that are overwritten. */
export async function putMany(
  tx: Ctx,
  table: string,
  rows: readonly object[],
  update: readonly string[] = [],
): Promise<void> {
  const ending =
    update.length === 0
      ? ''
      : ` ON DUPLICATE KEY UPDATE ${update.map((column) => `\`${column}\` = VALUES(\`${column}\`)`).join(', ')}`;
  for (const part of inParts(rows)) await send(tx, statement(table, part) + ending, values(part));
}

/** Past `raw`, which looks at each binding three times before the driver does. `tx` must be a transaction. */
async function send(tx: Ctx, sql: string, bindings: readonly unknown[]): Promise<unknown> {
  const { client } = tx.db;
  const connection: unknown = await client.acquireConnection();
  const { response } = await client.query(connection, { sql, bindings });
  return response[0];
}

function* inParts(rows: readonly object[]): Generator<readonly object[]> {
  for (let at = 0; at < rows.length; at += perStatement) yield rows.slice(at, at + perStatement);
}

function statement(table: string, rows: readonly object[]): string {
  const columns = Object.keys(rows[0]!);
  const row = `(${columns.map(() => '?').join(',')})`;
  const all = new Array(rows.length).fill(row).join(',');
  return `INSERT INTO \`${table}\` (${columns.map((column) => `\`${column}\``).join(',')}) VALUES ${all}`;
}

function values(rows: readonly object[]): unknown[] {
  const columns = Object.keys(rows[0]!);
  const flat: unknown[] = [];
  for (const row of rows as readonly Record<string, unknown>[]) {
    for (const column of columns) flat.push(row[column] ?? null);
  }
  return flat;
}
