// Finds names by what is typed in Korean: whole words, parts of them, syllables on their way, initial consonants.

const initials = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ';
const firstSyllable = 0xac00;
const lastSyllable = 0xd7a3;
const syllablesPerInitial = 588;
const finalsPerVowel = 28;

/** 침대 → ㅊㄷ; what is no Hangul syllable stays. */
export function initialsOf(text) {
  return [...text]
    .map((letter) =>
      isSyllable(letter) ? initials[Math.floor(placeOf(letter) / syllablesPerInitial)] : letter,
    )
    .join('');
}

/**
 * How well a name answers what was typed, 0 best: equal, begins with it, a word begins with it, holds it, holds each of
 * its words. Lone consonants (ㅊㅅ) stand for any syllables that begin with them. Undefined when it does not answer.
 */
export function rankMatch(name, typed) {
  const words = typed.normalize('NFC').trim().split(/\s+/).filter(Boolean);
  if (words.length === 0) return 0;
  const whole = squeeze(name);
  const wanted = squeeze(words.join(''));
  if (whole === wanted) return 0;
  const at = placeIn(whole, wanted);
  if (at === 0) return 1;
  const begins = name.split(/[\s/()[\],·]+/).some((word) => placeIn(squeeze(word), wanted) === 0);
  if (begins) return 2;
  if (at > 0) return 3;
  return words.every((word) => placeIn(whole, squeeze(word)) >= 0) ? 4 : undefined;
}

/** The entries whose name answers best, as they stood where they answer alike. */
export function bestMatches(entries, typed, most) {
  return entries
    .map((entry) => ({ entry, rank: rankMatch(entry.name, typed) }))
    .filter(({ rank }) => rank !== undefined)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ entry }) => entry);
}

/** NFKC would turn the consonants of the keyboard into others. */
function squeeze(text) {
  return text.normalize('NFC').replace(/\s+/g, '').toLowerCase();
}

/** Where `wanted` stands in `text`; -1 for nowhere. */
function placeIn(text, wanted) {
  const plain = text.indexOf(wanted);
  if (plain >= 0) return plain;
  const letters = [...text];
  const asked = [...wanted];
  for (let start = 0; start + asked.length <= letters.length; start++) {
    const stands = asked.every((letter, at) => answers(letters[start + at], letter, at === asked.length - 1));
    if (stands) return start;
  }
  return -1;
}

/** The last syllable may still be on its way: 매트리 is typed over 매트릿. */
function answers(letter, asked, isLast) {
  if (letter === asked || initialsOf(letter) === asked) return true;
  return isLast && isSyllable(asked) && withoutFinal(letter) === asked;
}

function withoutFinal(letter) {
  if (!isSyllable(letter)) return letter;
  return String.fromCodePoint(letter.codePointAt(0) - (placeOf(letter) % finalsPerVowel));
}

function isSyllable(letter) {
  const code = letter.codePointAt(0);
  return code >= firstSyllable && code <= lastSyllable;
}

function placeOf(letter) {
  return letter.codePointAt(0) - firstSyllable;
}
