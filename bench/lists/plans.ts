import type { Knex } from 'knex';

const bigTables = new Set(['orders', 'order_lines', 'deliveries']);

/** From now on the server notes every statement. */
export async function startPlans(db: Knex): Promise<void> {
  await db.raw('set global log_output = ?', ['TABLE']);
  await db.raw('truncate mysql.general_log');
  await db.raw('set global general_log = on');
}

interface Step {
  table: string | null;
  type: string | null;
  key: string | null;
  rows: number | null;
}

/**
 * Of the noted statements those that read all of a big table: row by row, or along a key without an end. A page that
 * is `LIMIT` steps along a key ends there.
 */
export async function fullScans(db: Knex): Promise<string[]> {
  await db.raw('set global general_log = off');
  const [noted] = (await db.raw(
    `select distinct convert(argument using utf8mb4) as statement from mysql.general_log
     where command_type = 'Query' and lower(convert(argument using utf8mb4)) like 'select%'`,
  )) as [{ statement: string }[]];

  const found = new Set<string>();
  for (const { statement } of noted) {
    if (!/\b(orders|order_lines|deliveries)\b/.test(statement)) continue;
    const [steps] = (await db.raw(`explain ${statement.replaceAll('?', '\\?')}`)) as [Step[]];
    for (const step of steps) {
      const isEndless = step.type === 'index' && !/ limit \d/i.test(statement);
      if (bigTables.has(step.table ?? '') && (step.type === 'ALL' || isEndless)) {
        found.add(`${step.table} by ${step.type} ${step.key ?? ''} (${step.rows} rows): ${statement}`);
      }
    }
  }
  return [...found];
}
