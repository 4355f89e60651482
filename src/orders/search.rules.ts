import { maskName, maskPhone } from '#lib/masking.ts';
import { phoneDigits } from '#lib/phone.ts';

/** What the text in the search box can be. */
export type Search =
  /** An order number or a line number, whole. */
  | { kind: 'number'; text: string }
  | { kind: 'phone'; digits: string }
  /** The last digits of a phone number. */
  | { kind: 'phone_ending'; digits: string }
  /** Each way files may write the code. */
  | { kind: 'postcode'; codes: string[] }
  | { kind: 'name'; text: string }
  | { kind: 'name_beginning'; text: string };

/**
 * Tells what was typed. Five digits are a postal code and four the end of a phone number, never a code that lost its
 * zero; a single syllable is a whole name, for as a beginning it would be a fifth of all people.
 */
export function readSearch(typed: string): Search | undefined {
  const text = typed.trim().replace(/\s+/g, ' ');
  if (text === '') return undefined;
  if (/^[\d\s().+-]+$/.test(text)) return readDigits(text);
  if (/^[\x21-\x7e]+$/.test(text) && /\d/.test(text)) return { kind: 'number', text };
  return { kind: [...text].length === 1 ? 'name' : 'name_beginning', text };
}

function readDigits(text: string): Search {
  const digits = phoneDigits(text).replace(/^82(?=1\d{8,9}$)/, '0');
  const { length } = digits;
  if (length === 5) return { kind: 'postcode', codes: [digits, digits.replace(/^0/, '')] };
  if (length === 6) return { kind: 'postcode', codes: [digits, `${digits.slice(0, 3)}-${digits.slice(3)}`] };
  if (/^(0\d{8,10}|050\d{9})$/.test(digits)) return { kind: 'phone', digits };
  if (length >= 4 && length <= 11) return { kind: 'phone_ending', digits };
  return { kind: 'number', text: digits };
}

/** How the text was understood, for the person who typed it. */
export function searchInWords(search: Search): string {
  switch (search.kind) {
    case 'number':
      return '주문번호·상품주문번호로 찾음';
    case 'phone':
      return '전화번호로 찾음';
    case 'phone_ending':
      return `전화번호 뒤 ${digitCounts[search.digits.length] ?? search.digits.length} 자리로 찾음`;
    case 'postcode':
      return '우편번호로 찾음';
    case 'name':
      return '이름으로 찾음';
    case 'name_beginning':
      return '이름으로 찾음(뒤가 더 긴 이름도)';
  }
}

const digitCounts: Record<number, string> = {
  4: '네',
  7: '일곱',
  8: '여덟',
  9: '아홉',
  10: '열',
  11: '열한',
};

/** What was looked for, as an access record keeps it: without saying who. Undefined where it is nobody's. */
export function searchForRecord(search: Search): string | undefined {
  const words = searchInWords(search);
  switch (search.kind) {
    case 'number':
      return undefined;
    case 'phone':
    case 'phone_ending':
      return `${words}: ${maskPhone(search.digits)}`;
    case 'postcode':
      return `${words}: ${search.codes[0]}`;
    case 'name':
    case 'name_beginning':
      return `${words}: ${maskName(search.text)}`;
  }
}

/**
 * What was searched for, as paper, files and the records of both repeat it: many read them, and for years, so it says
 * whom as little as a masked list does. '' where nothing was.
 */
export function soughtWords({ q }: { q: string }): string {
  const search = readSearch(q);
  return search ? `검색 ‘${hiddenText(search)}’` : '';
}

function hiddenText(search: Search): string {
  switch (search.kind) {
    case 'number':
      return search.text;
    case 'phone':
      return maskPhone(search.digits);
    case 'phone_ending':
      return '*'.repeat(search.digits.length - 4) + search.digits.slice(-4);
    case 'postcode':
      return search.codes[0]!;
    case 'name':
    case 'name_beginning':
      return maskName(search.text);
  }
}
