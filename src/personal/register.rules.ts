/** Whose data a table holds. */
export type Whose = '고객' | '직원' | '협력사' | '우리 회사';

/** Columns of one table that hold personal data, and for how long. */
export interface RegisterEntry {
  table: string;
  /** What people call it. */
  title: string;
  whose: Whose;
  columns: readonly string[];
  /** Columns that only look as if: a name of a thing, a flag. */
  harmless?: readonly string[];
  purpose: string;
  /** The law or agreement it rests on. */
  basis: string;
  clock: Clock;
}

/** When a row's time is over. */
export interface Clock {
  /** As people say it. */
  words: string;
  /** The column its time counts from; missing where it lives and dies with another row. */
  from?: string;
  days?: number;
  /** Which job destroys it; missing while nobody does yet. */
  destroyedBy?: string;
}

export interface Column {
  table: string;
  column: string;
}

/** Words in a column's name that hint at a person, what reaches one, or a whole text in which one may stand. */
const hints =
  /name|phone|address|contact|login|buyer|recipient|receiver|email|memo|birth|postcode|secret|sealed|frozen|told|packed|cells|user_agent|subject_key|identity/;

/** Who did something: the name of a member of our staff, in whatever table. */
const ofStaff = /^(actor|[a-z]+_by)_name$/;

/** The columns and tables that the register says nothing about, though it has to: `order_lines`, `users.name`. */
export function missingFrom(
  columns: readonly Column[],
  register: readonly RegisterEntry[],
  withoutPeople: Readonly<Record<string, readonly string[]>>,
): string[] {
  const told = new Map<string, Set<string>>();
  for (const [table, harmless] of Object.entries(withoutPeople)) told.set(table, new Set(harmless));
  for (const entry of register) told.set(entry.table, new Set([...entry.columns, ...(entry.harmless ?? [])]));
  const tables = [...new Set(columns.map(({ table }) => table))];
  const unknown = tables.filter((table) => !told.has(table));
  const silent = columns
    .filter(({ table, column }) => told.has(table) && hints.test(column) && !ofStaff.test(column))
    .filter(({ table, column }) => !told.get(table)!.has(column))
    .map(({ table, column }) => `${table}.${column}`);
  return [...unknown, ...silent];
}

/** What the register names and the database does not have. */
export function goneFrom(
  columns: readonly Column[],
  register: readonly RegisterEntry[],
  withoutPeople: Readonly<Record<string, readonly string[]>>,
): string[] {
  const there = new Set(columns.flatMap(({ table, column }) => [table, `${table}.${column}`]));
  const named = [
    ...register.flatMap(({ table, columns: own, harmless = [], clock }) => [
      ...[...own, ...harmless, ...(clock.from && !clock.from.includes('.') ? [clock.from] : [])].map(
        (column) => `${table}.${column}`,
      ),
      ...(clock.from?.includes('.') ? [clock.from] : []),
    ]),
    ...Object.entries(withoutPeople).flatMap(([table, own]) => [
      table,
      ...own.map((column) => `${table}.${column}`),
    ]),
  ];
  return [...new Set(named)].filter((name) => !there.has(name));
}
