/** A migration as the guard sees it. */
export interface Migration {
  name: string;
  source: string;
}

/** A release that lives: its processes may run any of its queries at any moment. */
export interface LivingRelease {
  /** Names it to a person. */
  title: string;
  /** The name of the newest migration it comes with; names begin with their day. */
  newest: string;
}

/**
 * What takes something away from a release that lives beside the migration: a column it reads, a name it uses, a row
 * it may write. Read from the text: a migration cannot be run to see what it would do.
 */
const contractions: readonly { pattern: RegExp; words: string }[] = [
  {
    pattern:
      /\bDROP\s+(?:TEMPORARY\s+)?(?:TABLE|VIEW)\b|\bREPLACE\s+TABLE\b|\.dropTable(?:IfExists)?\(|\.dropView/i,
    words: '표를 지움',
  },
  // queries name indexes that they must be made with, and a key is what keeps a row from being written twice
  {
    pattern: /\bDROP\s+(?:INDEX|KEY|CONSTRAINT|PRIMARY|FOREIGN)\b|\.drop(?:Index|Unique|Primary|Foreign)\(/i,
    words: '색인이나 열쇠를 지움',
  },
  {
    pattern:
      /\bDROP\s+(?!TABLE|TEMPORARY|VIEW|INDEX|KEY|CONSTRAINT|PRIMARY|FOREIGN)\S|\.drop(?:Columns?|Nullable|Timestamps)\(/i,
    words: '열을 지움',
  },
  { pattern: /\bRENAME\b|\.rename(?:Column|Table)\(/i, words: '이름을 바꿈' },
  {
    pattern: /\b(?:MODIFY|CHANGE)\s+(?:COLUMN\b|`?\w+`?\s)|\bALTER\s+COLUMN\b|\bCONVERT\s+TO\b|\.alter\(/i,
    words: '열의 뜻을 바꿈',
  },
  { pattern: /\bTRUNCATE\b|\bDELETE\s+FROM\b|\.(?:del|delete|truncate)\(/i, words: '행을 지움' },
  {
    pattern: /\bADD\s+(?:CONSTRAINT|UNIQUE|FOREIGN|PRIMARY|CHECK)\b|\bCREATE\s+(?:OR\s+REPLACE\s+)?UNIQUE\b/i,
    words: '쓸 수 있던 값을 막음',
  },
  { pattern: /\.(?:unique|foreign)\(/i, words: '쓸 수 있던 값을 막음' },
];

/** A new column that the older release does not fill in: its inserts would be refused. */
const addedColumn =
  /\bADD\s+(?:COLUMN\s+)?(?:IF\s+NOT\s+EXISTS\s+)?[\\`]*\w+[\\`]*\s[^,;`]*?\bNOT\s+NULL\b[^,;`]*/gi;
/** The same in the words of knex. */
const alteredTable = /\.(?:alterTable|table)\(/;
const required = /[^;\n]*\.notNullable\(\)[^;\n]*/g;

export function findContractions(source: string): string[] {
  const forward = withoutComments(withoutDown(source));
  const found = contractions.filter(({ pattern }) => pattern.test(forward)).map(({ words }) => words);
  const added = [
    ...(forward.match(addedColumn) ?? []),
    ...((alteredTable.test(forward) && forward.match(required)) || []),
  ];
  const unfilled = added.some(
    (clause) => !/\bDEFAULT\b|\.defaultTo\(|\bAUTO_INCREMENT\b|\bAS\s*\(/i.test(clause),
  );
  return [...new Set([...found, ...(unfilled ? ['기본값 없는 필수 열을 더함'] : [])])];
}

function withoutDown(source: string): string {
  return source.replace(/^export async function down\b(?:.*\}\s*$|[\s\S]*?^\})/m, '');
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/[^\n]*/g, '$1');
}

export interface Declaration {
  /** `export const expands = 'why'`: it looks like taking something away, and is not. */
  expands?: string;
  /** `export const contracts = { unusedSince: '…' }`: releases with that migration do without what is taken away. */
  unusedSince?: string;
}

export function declarationIn(source: string): Declaration {
  return {
    expands: /^export const expands\s*=\s*(['"`])(.+?)\1/ms.exec(source)?.[2],
    unusedSince: /^export const contracts\s*=\s*\{[^}]*unusedSince:\s*(['"`])(.+?)\1/ms.exec(source)?.[2],
  };
}

/** One sentence for each migration that must not be run while these releases live. */
export function refusals(pending: readonly Migration[], living: readonly LivingRelease[]): string[] {
  return pending.flatMap(({ name, source }) => {
    const found = findContractions(source);
    const { expands, unusedSince } = declarationIn(source);
    if (living.length === 0 || expands || (found.length === 0 && !unusedSince)) return [];
    const what = found.length > 0 ? ` (${found.join(', ')})` : '';
    if (!unusedSince)
      return [
        `${name}: 살아 있는 릴리스가 쓰는 것을 없앨 수 있습니다.${what} 없애도 되는 릴리스를 contracts에 적어야 합니다.`,
      ];
    const users = living.filter(({ newest }) => newest < unusedSince);
    if (users.length === 0) return [];
    const who = users.map(({ title }) => title).join(', ');
    return [`${name}: ${who}이(가) 아직 쓰는 것을 없앱니다.${what} 그 릴리스를 먼저 끝내세요.`];
  });
}
