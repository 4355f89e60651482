import { guess } from './guessing.rules.ts';

export const shortestPassword = 10;
export const longestPassword = 200;
/** For how many letters a password has to count after what anybody would try is taken out. */
export const leastGuessed = 9;

/** Whose password it is to be. */
export interface Chooser {
  login: string;
  name: string;
}

/** Words everybody in this house would try. */
const houseWords =
  '모아 moa 침대 매트리스 가구 bed beds mattress furniture 발주 배송 주문 사무 관리자 기사 매장'.split(' ');

/**
 * Why the password cannot be taken, for the person who chose it; undefined when it can. Nothing is asked about kinds
 * of letters: long and not to be guessed is all. Spaces and Hangul are letters like others.
 */
export function whyNot(password: string, chooser: Chooser, common: ReadonlySet<string>): string | undefined {
  const text = password.normalize('NFC');
  const length = [...text].length;
  if (/\p{Cc}/u.test(text)) return '줄바꿈이나 제어 문자는 쓸 수 없습니다.';
  if (length < shortestPassword)
    return `비밀번호는 ${shortestPassword}자 이상이어야 합니다. (지금 ${length}자)`;
  if (length > longestPassword) return `비밀번호는 ${longestPassword}자를 넘을 수 없습니다.`;

  const mine = namesOf(chooser).find(({ word }) => text.toLowerCase().includes(word));
  if (mine) return `비밀번호에 ${mine.what} 들어 있습니다. 나와 관계없는 말로 바꿔 주세요.`;

  const { counts, pieces } = guess(text, { common, own: houseWords });
  if (counts < leastGuessed) return weakness(pieces);
}

function namesOf({ login, name }: Chooser): { word: string; what: string }[] {
  const account = login.split('@')[0]!.toLowerCase();
  const person = name.normalize('NFC').replace(/\s/g, '').toLowerCase();
  const given = /^[가-힣]{3,4}$/.test(person) ? person.slice(1) : person;
  return [
    { word: account, what: '아이디가' },
    { word: person, what: '이름이' },
    { word: given, what: '이름이' },
  ].filter(({ word }) => [...word].length >= (/[가-힣]/.test(word) ? 2 : 3));
}

function weakness(pieces: readonly string[]): string {
  const named = [...new Set(pieces)].slice(0, 3).map((piece) => `‘${shortened(piece)}’`);
  const advice = '서로 관계없는 낱말 서너 개를 이으면 외우기 쉽고 안전합니다.';
  if (named.length === 0) return `짐작하기 쉬운 비밀번호입니다. ${advice}`;
  return `짐작하기 쉬운 비밀번호입니다. ${named.join(', ')}처럼 누구나 먼저 넣어 볼 부분을 빼면 남는 글자가 적습니다. ${advice}`;
}

function shortened(piece: string): string {
  const letters = [...piece];
  return letters.length > 16 ? `${letters.slice(0, 15).join('')}…` : piece;
}
