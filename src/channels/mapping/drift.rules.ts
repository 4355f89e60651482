import { type Content, contentOf, contentSubject, contentWords, type Profile } from './content.rules.ts';
import { type Field, fields } from './fields.rules.ts';
import type { Remembered, UnknownColumn } from './mapping.rules.ts';

/** A column as it was when its layout was taught. */
export interface LearntColumn {
  header: string;
  /** '' for one that is not used. */
  field: Field | '';
  /** What its cells looked like; undefined where they could be anything. */
  content: Content | undefined;
}

/** What has changed in a file since its layout was taught; no words, no drift. */
export interface Drift {
  /** Korean sentences. */
  words: string[];
  remembered: Remembered;
}

/** What a column is remembered to hold: what its field asks for, if it held that, else what it looked like. */
export function contentToRemember(field: Field | '', profile: Profile): Content | undefined {
  const asked = field === '' ? undefined : fields[field].content;
  return asked && profile.share[asked] >= 0.6 ? asked : contentOf(profile);
}

/** Columns nobody has seen before are no drift by themselves. */
export function driftOf(learnt: readonly LearntColumn[], columns: readonly UnknownColumn[]): Drift {
  const now = new Map(columns.map((column) => [column.header, column]));
  const before = new Set(learnt.map(({ header }) => header));
  const used = learnt.filter((column): column is LearntColumn & { field: Field } => column.field !== '');
  const gone = used.filter(({ header }) => !now.has(header));
  const moved = used.filter((column) => holdsAnother(column, now.get(column.header)?.profile));
  const fresh = columns.filter(({ header }) => header !== '' && !before.has(header));

  const words = [
    ...gone.map(({ header }) => `‘${header}’ 열이 없어졌습니다.`),
    ...moved.map((column) => movedWords(column, now.get(column.header)!.profile)),
  ];
  if (words.length > 0) words.push(...fresh.map(freshWords));
  const strange = new Set(moved.map(({ header }) => header));
  return {
    words,
    remembered: {
      kept: new Map(
        learnt
          .filter(({ header }) => !strange.has(header))
          .map(({ header, field }) => [header, field] as const),
      ),
      gone: [...gone, ...moved],
    },
  };
}

const rowsToJudge = 2;

/** A few odd cells are rows to reject; a column full of something else is another column. */
function holdsAnother({ field, content }: LearntColumn, profile: Profile | undefined): boolean {
  if (!profile || profile.filled < rowsToJudge) return false;
  const seen = contentOf(profile);
  if (content) return profile.share[content] < 0.2 && (seen !== undefined || profile.filled >= 3);
  // words give way to anything: only what cannot be mistaken counts
  return field !== 'memo' && seen !== undefined && ['phone', 'moment', 'address'].includes(seen);
}

function movedWords({ header, content }: LearntColumn, profile: Profile): string {
  const seen = contentOf(profile);
  const found = seen ? `(${contentWords(seen, profile)})` : '';
  return content
    ? `‘${header}’ 열에 ${contentSubject(content)} 아닌 값이 들어 있습니다${found}.`
    : `‘${header}’ 열에 전과 다른 값이 들어 있습니다${found}.`;
}

function freshWords({ header, profile }: UnknownColumn): string {
  const seen = contentOf(profile);
  return `‘${header}’ 열이 새로 생겼습니다${seen ? `(${contentWords(seen, profile)})` : ''}.`;
}

/** How much of what a layout uses is there: 1 for all of it. */
export function overlapOf(learnt: readonly LearntColumn[], headers: ReadonlySet<string>): number {
  const used = learnt.filter(({ field }) => field !== '');
  return used.length === 0 ? 0 : used.filter(({ header }) => headers.has(header)).length / used.length;
}
