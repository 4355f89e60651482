import { findSpan, type RegionBook } from './book.rules.ts';

export const postcodeStatuses = ['ok', 'restored', 'retired', 'old6', 'empty', 'invalid', 'unknown'] as const;
export type PostcodeStatus = (typeof postcodeStatuses)[number];

export interface PostcodeResult {
  input: string;
  status: PostcodeStatus;
  /** Five digits for ok, restored, retired and unknown; '' for the rest. */
  postcode: string;
  /** '' when the code leads to no region; 세종 has a 시도 and no 시군구. */
  sido: string;
  sigungu: string;
}

/** What a postal code says as it was typed, exported or re-saved. Nothing is cut and nothing guessed. */
export function classifyPostcode(text: string | null | undefined, book: RegionBook): PostcodeResult {
  const input = text ?? '';
  const cleaned = cleanPostcode(input);
  const result = (status: PostcodeStatus, postcode = '', sido = '', sigungu = '') => ({
    input,
    status,
    postcode,
    sido,
    sigungu,
  });

  if (cleaned === '') return result('empty');
  // Six digits are from before 2015; their first five name another place today.
  if (/^\d{3}-?\d{3}$/.test(cleaned)) return result('old6');
  if (!/^\d{4,5}$/.test(cleaned)) return result('invalid');

  // Only codes of 서울 begin with 0, which a spreadsheet drops when it takes the code for a number.
  const restored = cleaned.length === 4;
  const postcode = restored ? `0${cleaned}` : cleaned;
  const range = findSpan(book.ranges, postcode);
  if (!range) return result('unknown', postcode);

  const retired = findSpan(book.retired, postcode) !== undefined;
  return result(retired ? 'retired' : restored ? 'restored' : 'ok', postcode, range.sido, range.sigungu);
}

/** Half-width digits without spaces, brackets, the mark 우 and a leading apostrophe; the rest stays. */
export function cleanPostcode(text: string): string {
  return text
    .replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[‐‑‒–—−－]/g, '-')
    .replace(/[\s\u200b-\u200d\u2060\ufeff]/g, '')
    .replace(/[()[\]{}（）［］｛｝〔〕「」【】<>〈〉]/g, '')
    .replace(/^['’‘`＇]/, '')
    .replace(/^우(?:편번호)?[:：.]?/, '')
    .replace(/^['’‘`＇]/, '');
}
