import { strokesOf } from './strokes.rules.ts';

/** A part of a password that anybody would try, and for how many letters it counts. */
export interface Piece {
  text: string;
  counts: number;
}

export interface Guess {
  /** For how many letters the whole counts. */
  counts: number;
  /** Its parts that count for less than their letters. */
  pieces: string[];
}

export interface Known {
  /** Words of passwords that are known to everybody, in small letters. */
  common: ReadonlySet<string>;
  /** Words of this person and this house: they count for nothing. */
  own: readonly string[];
}

/**
 * How much of a password has to be guessed. A known word counts as two letters, a run of the keyboard, a repetition
 * or a year as one. Hangul is also read by its keys: 사랑해 and tkfkdgo are one word, and so are password and ㅔㅁㄴㄴ재ㄱㅇ.
 */
export function guess(password: string, known: Known): Guess {
  const text = password.normalize('NFC').toLowerCase();
  const strokes = strokesOf(password.normalize('NFC')).toLowerCase();
  const plain = leastGuess(text, known);
  if (strokes === text) return plain;
  const typed = leastGuess(strokes, known);
  return typed.counts < plain.counts ? typed : plain;
}

/** The cheapest way to put the text together, walked from its end to its beginning. */
function leastGuess(text: string, known: Known, depth = 0): Guess {
  const letters = [...text];
  const disguised = undisguise(letters);
  const best: { counts: number; piece?: string; next: number }[] = [];
  best[letters.length] = { counts: 0, next: letters.length };
  for (let from = letters.length - 1; from >= 0; from--) {
    best[from] = { counts: best[from + 1]!.counts + 1, next: from + 1 };
    for (const piece of piecesAt(letters, disguised, from, known, depth)) {
      const next = from + [...piece.text].length;
      const counts = piece.counts + best[next]!.counts;
      if (counts < best[from]!.counts) best[from] = { counts, piece: piece.text, next };
    }
  }
  const pieces: string[] = [];
  for (let at = 0; at < letters.length; at = best[at]!.next) {
    if (best[at]!.piece !== undefined) pieces.push(best[at]!.piece!);
  }
  return { counts: best[0]?.counts ?? 0, pieces };
}

const longestWord = 24;

function* piecesAt(
  letters: readonly string[],
  disguised: readonly (readonly string[])[],
  from: number,
  known: Known,
  depth: number,
): Generator<Piece> {
  const rest = letters.slice(from).join('');
  for (const word of known.own) if (rest.startsWith(word)) yield { text: word, counts: 0 };

  for (let length = 2; length <= Math.min(longestWord, letters.length - from); length++) {
    const text = letters.slice(from, from + length).join('');
    if (known.common.has(text)) yield { text, counts: 2 };
    else if (disguised.some((other) => known.common.has(other.slice(from, from + length).join(''))))
      yield { text, counts: 3 };
  }
  const run = runAt(letters, from);
  if (run >= 3) {
    for (let length = 3; length <= run; length++)
      yield { text: letters.slice(from, from + length).join(''), counts: 1 };
  }
  for (const [pattern, counts] of numbers) {
    const found = pattern.exec(rest)?.[0];
    if (found) yield { text: found, counts };
  }
  if (depth === 0) yield* repetitionsAt(letters, from, known, depth);
}

/** 01012345678, 20260131, 960131, 2026. */
const numbers: [RegExp, counts: number][] = [
  [/^01[016789][-. ]?\d{3,4}[-. ]?\d{4}/, 3],
  [/^(19|20)\d\d[-./]?(0[1-9]|1[0-2])[-./]?(0[1-9]|[12]\d|3[01])/, 2],
  [/^\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])/, 2],
  [/^(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])/, 2],
  [/^(19[3-9]|20[0-4])\d/, 1],
];

/** Neighbours of the keyboard, the alphabet, the numbers and the Korean order. */
const rows = [
  '`1234567890-=',
  '~!@#$%^&*()_+',
  'qwertyuiop[]\\',
  "asdfghjkl;'",
  'zxcvbnm,./',
  'ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ',
  'ㅁㄴㅇㄹㅎㅗㅓㅏㅣ',
  'ㅋㅌㅊㅍㅠㅜㅡ',
  '1qaz',
  '2wsx',
  '3edc',
  '4rfv',
  '5tgb',
  '6yhn',
  '7ujm',
  '8ik,',
  '9ol.',
  '0p;/',
  '!qaz',
  '@wsx',
  '#edc',
  '$rfv',
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  '147258369',
  '가나다라마바사아자차카타파하',
  'ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ',
  'ㅏㅑㅓㅕㅗㅛㅜㅠㅡㅣ',
  '일이삼사오육칠팔구십',
  '하나둘셋넷다섯',
];
const runs = rows.flatMap((row) => [[...row], [...row].reverse()]);

/** How many letters from here on follow each other. */
function runAt(letters: readonly string[], from: number): number {
  let longest = 1;
  for (const row of runs) {
    const first = row.indexOf(letters[from]!);
    if (first < 0) continue;
    let length = 1;
    while (from + length < letters.length && row[first + length] === letters[from + length]) length++;
    longest = Math.max(longest, length);
  }
  return longest;
}

const longestRepeated = 12;

/** aaa, abab, 사랑사랑: the second time costs one letter. */
function* repetitionsAt(
  letters: readonly string[],
  from: number,
  known: Known,
  depth: number,
): Generator<Piece> {
  const rest = letters.length - from;
  for (let size = 1; size <= Math.min(rest / 2, longestRepeated); size++) {
    let times = 1;
    while (isSame(letters, from, from + times * size, size)) times++;
    if (times < 2 || size * times < 3) continue;
    const once = letters.slice(from, from + size).join('');
    yield { text: once.repeat(times), counts: leastGuess(once, known, depth + 1).counts + 1 };
  }
}

function isSame(letters: readonly string[], one: number, other: number, size: number): boolean {
  if (other + size > letters.length) return false;
  for (let at = 0; at < size; at++) if (letters[one + at] !== letters[other + at]) return false;
  return true;
}

const disguises: Record<string, string> = {
  '@': 'a',
  4: 'a',
  0: 'o',
  3: 'e',
  $: 's',
  5: 's',
  7: 't',
  '!': 'i',
};

/** p@ssw0rd, adm1n: the two readings in which 1 is an i and an l. */
function undisguise(letters: readonly string[]): string[][] {
  if (!letters.some((letter) => letter in disguises || letter === '1')) return [];
  return ['i', 'l'].map((one) =>
    letters.map((letter) => (letter === '1' ? one : (disguises[letter] ?? letter))),
  );
}
