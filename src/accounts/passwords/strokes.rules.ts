/** The keys of the two-set Korean keyboard: 사랑 is typed tkfkd. What is no Hangul stays. */
export function strokesOf(text: string): string {
  return [...text.normalize('NFC')].map(strokesOfLetter).join('');
}

const firstSyllable = 0xac00;
const lastSyllable = 0xd7a3;
const initials = 'r R s e E f a q Q t T d w W c z x v g'.split(' ');
const vowels = 'k o i O j p u P h hk ho hl y n nj np nl b m ml l'.split(' ');
const finals = ' r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g'.split(' ');
const consonants = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ';
const vowelLetters = 'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ';

function strokesOfLetter(letter: string): string {
  const code = letter.codePointAt(0)!;
  if (code >= firstSyllable && code <= lastSyllable) {
    const place = code - firstSyllable;
    const initial = Math.floor(place / (vowels.length * finals.length));
    const vowel = Math.floor(place / finals.length) % vowels.length;
    return initials[initial]! + vowels[vowel]! + finals[place % finals.length]!;
  }
  return initials[consonants.indexOf(letter)] ?? vowels[vowelLetters.indexOf(letter)] ?? letter;
}
