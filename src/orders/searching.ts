import type { Knex } from 'knex';
import type { Snapshot } from '#lib/batches.ts';
import type { Search } from './search.rules.ts';

/** Of a search that means nearly everybody, so many lines of each kind are looked at. */
const mostPerKind = 20_000;

/** The row ids a search finds, as a table with the one column `id`; each of its parts is one look into an index. */
export function foundIds({ db }: Snapshot, search: Search): Knex.QueryBuilder {
  const parts = places(search).map(([column, operator, value]) =>
    column === 'order_no'
      ? ids(db).whereIn('order_id', db('orders').select('id').where({ order_no: value }))
      : Array.isArray(value)
        ? ids(db).whereIn(column, value)
        : ids(db).where(column, operator, value),
  );
  return db.union(
    parts.map((part) => part.limit(mostPerKind)),
    true,
  );
}

function ids(db: Knex): Knex.QueryBuilder {
  return db('order_lines').select('order_lines.id');
}

type Place = [column: string, operator: string, value: string | string[]];

function places(search: Search): Place[] {
  switch (search.kind) {
    case 'number':
      return [
        ['order_no', '=', search.text],
        ['line_no', '=', search.text],
      ];
    case 'phone':
      return phoneColumns.map((column) => [column, '=', backwards(search.digits)]);
    case 'phone_ending':
      return phoneColumns.map((column) => [column, 'like', `${backwards(search.digits)}%`]);
    case 'postcode':
      return [['postcode', 'in', search.codes]];
    case 'name':
      return nameColumns.map((column) => [column, '=', search.text]);
    case 'name_beginning':
      return nameColumns.map((column) => [column, 'like', `${search.text.replace(/[\\%_]/g, '\\$&')}%`]);
  }
}

const nameColumns = ['recipient_name', 'buyer_name'];
const phoneColumns = ['recipient_phone_reversed', 'recipient_phone2_reversed', 'buyer_phone_reversed'];

function backwards(digits: string): string {
  return [...digits].reverse().join('');
}
