import { type Content, contentWords, type Profile } from './content.rules.ts';
import { type Field, fieldKeys, fields, requiredFields } from './fields.rules.ts';
import { calledLike, isSenders, type Likeness, nearness } from './names.rules.ts';

/** A column of a file whose layout nobody has told yet. */
export interface UnknownColumn {
  /** '' for one without a title: it cannot be remembered. */
  header: string;
  profile: Profile;
}

/** What a column probably is. Where it is not sure enough to be chosen beforehand, `field` is ''. */
export interface Guess {
  field: Field | '';
  /** Why, in Korean; '' where nothing is known. */
  reason: string;
}

/** What was said of a layout before it drifted. */
export interface Remembered {
  /** By header, '' for a column that is not used. */
  kept: ReadonlyMap<string, Field | ''>;
  gone: readonly { header: string; field: Field; content: Content | undefined }[];
}

interface Candidate {
  at: number;
  field: Field;
  score: number;
  reason: string;
  /** The header says so, not the cells alone. */
  named?: boolean;
}

/** From here a field is chosen beforehand; below, it is only mentioned. */
const sureEnough = 0.6;
const nothingRemembered: Remembered = { kept: new Map(), gone: [] };

/** A proposal for each column: no field twice, the surer column first, then the left one. */
export function proposeMapping(
  columns: readonly UnknownColumn[],
  remembered: Remembered = nothingRemembered,
): Guess[] {
  const candidates = columns
    .flatMap((column, at) => (column.header === '' ? [] : candidatesOf(columns, column, at, remembered)))
    .sort((a, b) => b.score - a.score || a.at - b.at);
  const taken = new Map<Field, number>();
  const guesses = new Map<number, Guess>();
  for (const { at, field, score, reason } of candidates) {
    if (guesses.has(at) || taken.has(field) || score < sureEnough) continue;
    taken.set(field, at);
    guesses.set(at, { field, reason });
  }
  return columns.map(({ header }, at): Guess => {
    const guess = guesses.get(at);
    if (guess) return guess;
    if (remembered.kept.get(header) === '') return { field: '', reason: '전에 쓰지 않기로 했습니다' };
    const best = candidates.find((candidate) => candidate.at === at);
    if (!best) return { field: '', reason: '' };
    const other = taken.get(best.field);
    const name = fields[best.field].name;
    if (other === undefined) return { field: '', reason: `${name}일 수 있습니다: ${best.reason}` };
    return {
      field: '',
      reason: best.named ? `‘${columns[other]!.header}’ 열과 겹칩니다: ${name}` : best.reason,
    };
  });
}

function candidatesOf(
  columns: readonly UnknownColumn[],
  { header, profile }: UnknownColumn,
  at: number,
  { kept, gone }: Remembered,
): Candidate[] {
  const known = kept.get(header);
  if (known === '') return [];
  if (known) return [{ at, field: known, score: 2, reason: '전에 이렇게 맞췄습니다' }];
  const named = byName(header, profile);
  const disagrees = named[0] !== undefined && named[0].score <= doubted;
  const told = byContent(columns, at).map((found) =>
    disagrees || isSenders(header) ? { ...found, score: Math.min(found.score, 0.5) } : found,
  );
  return [
    ...named.map((found) => ({ ...found, at, named: true })),
    ...told.map((found) => ({ ...found, at })),
    ...inPlaceOf(gone, profile).map((candidate) => ({ ...candidate, at })),
  ];
}

type Found = Omit<Candidate, 'at'>;

const almostNone = 0.3;
/** A column whose name and cells disagree is left to a person. */
const doubted = 0.55;

const nearWords: Record<Likeness['near'], string> = {
  same: '이름이 같습니다',
  alike: '이름이 비슷합니다',
  ending: '이름의 끝이 같습니다',
};

function byName(header: string, profile: Profile): Found[] {
  const like = calledLike(header);
  if (!like) return [];
  const usual = [...like.called].sort(([, a], [, b]) => b - a);
  return usual.flatMap(([field], rank) => {
    const because = nearWords[like.near];
    const score = nearness[like.near] - rank * 0.1;
    const { content } = fields[field];
    if (!content || profile.filled === 0) return [{ field, score, reason: because }];
    if (profile.share[content] >= almostNone) {
      return [{ field, score: score + 0.05, reason: `${because}. ${contentWords(content, profile)}` }];
    }
    const but = `${like.near === 'same' ? '이름은 같지만' : '이름은 비슷하지만'} ${contentWords(content, profile)}`;
    return [{ field, score: doubted - rank * 0.01, reason: but }];
  });
}

/** A number of an order is told only when there are rows to compare. */
const rowsToCompare = 4;

function byContent(columns: readonly UnknownColumn[], at: number): Found[] {
  const { profile } = columns[at]!;
  const { share, filled } = profile;
  if (filled === 0) return [];
  const others = (test: (profile: Profile) => boolean) =>
    columns.filter((column) => column.header !== '' && test(column.profile)).length;
  // The only column of its kind is chosen; of several a person chooses.
  const alone = (test: (profile: Profile) => boolean) => (others(test) === 1 ? 0.62 : 0.5);

  if (share.postcode >= 0.9 && filled >= 2)
    return [{ field: 'postcode', score: 0.72, reason: contentWords('postcode', profile) }];
  if (share.phone >= 0.8)
    return [{ field: 'recipientPhone', score: alone(isPhones), reason: contentWords('phone', profile) }];
  if (share.address >= 0.8)
    return [{ field: 'wholeAddress', score: alone(isAddresses), reason: contentWords('address', profile) }];
  if (share.moment >= 0.9)
    return [{ field: 'orderedAt', score: alone(isMoments), reason: contentWords('moment', profile) }];
  if (profile.ids >= 0.9 && filled >= rowsToCompare && (!isAmounts(profile) || profile.middle >= 100_000_000))
    return [numberOf(profile, alone)];
  if (isCounts(profile))
    return [{ field: 'quantity', score: alone(isCounts), reason: contentWords('count', profile) }];
  if (isAmounts(profile))
    return [{ field: 'amount', score: alone(isAmounts), reason: contentWords('won', profile) }];
  return [];
}

const isPhones = ({ share }: Profile) => share.phone >= 0.8;
const isAddresses = ({ share }: Profile) => share.address >= 0.8;
const isMoments = ({ share }: Profile) => share.moment >= 0.9;
const isCounts = ({ share }: Profile) => share.count >= 0.95;
const isAmounts = ({ share, middle }: Profile) =>
  share.won >= 0.95 && middle >= 1000 && share.phone < almostNone && share.moment < almostNone;

function numberOf(profile: Profile, alone: (test: (profile: Profile) => boolean) => number): Found {
  const isRepeated = (one: Profile) => one.ids >= 0.9 && one.repeats !== undefined;
  const isUnique = (one: Profile) => one.ids >= 0.9 && one.repeats === undefined;
  return profile.repeats
    ? { field: 'orderNo', score: alone(isRepeated), reason: '되풀이되는 긴 번호입니다' }
    : { field: 'lineNo', score: alone(isUnique), reason: '행마다 다른 긴 번호입니다' };
}

function inPlaceOf(gone: Remembered['gone'], profile: Profile): Found[] {
  return gone.flatMap(({ header, field, content }) =>
    content && profile.share[content] >= 0.8
      ? [
          {
            field,
            score: 0.95,
            reason: `없어진 ‘${header}’ 열 대신으로 보입니다: ${contentWords(content, profile)}`,
          },
        ]
      : [],
  );
}

/** What a person chose for each column, and what still has to be said before it can be remembered. */
export interface MappingFaults {
  /** The names of what no column was chosen for. */
  missing: string[];
  /** By the place of the column. */
  columns: Map<number, string>;
}

export function faultsOf(columns: readonly UnknownColumn[], chosen: readonly (Field | '')[]): MappingFaults {
  const missing = requiredFields
    .filter((group) => !group.some((field) => chosen.includes(field)))
    .map((group) => group.map((field) => fields[field].name).join(' 또는 '));
  const faults = new Map<number, string>();
  for (const field of fieldKeys) {
    const places = chosen.flatMap((one, at) => (one === field ? [at] : []));
    if (places.length < 2) continue;
    const names = places.map((at) => `‘${columns[at]!.header}’`).join(', ');
    for (const at of places) faults.set(at, `두 열에 골랐습니다: ${names}. 한 열만 남겨 주세요.`);
  }
  const serial = chosen.includes('lineSerial');
  const keyAt = chosen.includes('lineNo') ? chosen.indexOf('lineNo') : chosen.indexOf('orderNo');
  const repeats = columns[keyAt]?.profile.repeats;
  if (repeats && !serial && !faults.has(keyAt)) {
    const rows = `${repeats[0]}행과 ${repeats[1]}행의 값이 같습니다.`;
    faults.set(
      keyAt,
      `${rows} 행마다 다른 번호를 상품주문번호로, 또는 한 주문 안에서 다른 열(순번, 상품코드)을 주문 안의 순번으로 골라 주세요.`,
    );
  }
  return { missing, columns: faults };
}
