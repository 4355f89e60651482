const initials = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ';
const firstSyllable = 0xac00;
const lastSyllable = 0xd7a3;
const syllablesPerInitial = 588;

/** 침대 → ㅊㄷ; what is no Hangul syllable stays. */
export function initialsOf(text: string): string {
  return [...text]
    .map((letter) => {
      const code = letter.codePointAt(0)!;
      if (code < firstSyllable || code > lastSyllable) return letter;
      return initials[Math.floor((code - firstSyllable) / syllablesPerInitial)]!;
    })
    .join('');
}

/** NFKC would turn the consonants of the keyboard into others. */
const squeeze = (text: string) => text.normalize('NFC').replace(/\s+/g, '').toLowerCase();

/**
 * How well a name answers what was typed so far, 0 best: equal, begins with it, a word begins with it, holds it,
 * holds each of its words. Initial consonants alone (ㅊㅅ) stand for any syllables that begin with them. Undefined
 * when it does not answer.
 */
export function rankMatch(name: string, typed: string): number | undefined {
  const words = typed.normalize('NFC').trim().split(/\s+/).filter(Boolean);
  if (words.length === 0) return 0;
  const whole = squeeze(name);
  const wanted = squeeze(words.join(''));
  if (whole === wanted) return 0;
  if (holdsAt(whole, wanted) === 0) return 1;
  const begins = name.split(/[\s/()[\],·]+/).some((word) => holdsAt(squeeze(word), wanted) === 0);
  if (begins) return 2;
  if (holdsAt(whole, wanted) > 0) return 3;
  return words.every((word) => holdsAt(whole, squeeze(word)) >= 0) ? 4 : undefined;
}

/** Where `wanted` stands in `text`, each lone consonant of it for any syllable that begins so; -1 for nowhere. */
function holdsAt(text: string, wanted: string): number {
  const plain = text.indexOf(wanted);
  if (plain >= 0) return plain;
  if (![...wanted].some((letter) => initials.includes(letter) || halfSyllable(letter))) return -1;
  const letters = [...text];
  const asked = [...wanted];
  const last = letters.length - asked.length;
  for (let start = 0; start <= last; start++) {
    if (asked.every((letter, at) => stands(letters[start + at]!, letter, at === asked.length - 1)))
      return start;
  }
  return -1;
}

/** The last syllable may still be on its way: 매틀 is typed over 매트. */
function stands(letter: string, asked: string, isLast: boolean): boolean {
  if (letter === asked || initialsOf(letter) === asked) return true;
  return isLast && halfSyllable(asked) && withoutFinal(letter) === asked;
}

function withoutFinal(letter: string): string {
  const code = letter.codePointAt(0)!;
  if (code < firstSyllable || code > lastSyllable) return letter;
  return String.fromCodePoint(code - ((code - firstSyllable) % 28));
}

/** A syllable without a final consonant: one may follow. */
function halfSyllable(letter: string): boolean {
  const code = letter.codePointAt(0)!;
  return code >= firstSyllable && code <= lastSyllable && (code - firstSyllable) % 28 === 0;
}
