import { phoneDigits } from '#lib/phone.ts';
import { readMoment, readQuantity, readWon } from '../layouts/values.rules.ts';

/** What cells of a column can be told by. */
export const contents = ['postcode', 'phone', 'moment', 'address', 'won', 'count'] as const;
export type Content = (typeof contents)[number];

/** What the first rows of a column hold. */
export interface Profile {
  /** How many cells were filled; all shares are of these. */
  filled: number;
  share: Record<Content, number>;
  /** Cells that look like a number somebody gave an order. */
  ids: number;
  /** Two rows of the file with the same text; undefined where all differ. */
  repeats: readonly [number, number] | undefined;
  /** The middle one of its amounts. */
  middle: number;
}

export interface Cell {
  row: number;
  text: string;
}

const noun: Record<Content, string> = {
  postcode: '다섯 자리 우편번호',
  phone: '전화번호',
  moment: '날짜',
  address: '시·도로 시작하는 주소',
  won: '금액',
  count: '작은 정수',
};

/** `전화번호 97%` */
export function contentWords(content: Content, { share }: Profile): string {
  return `${noun[content]} ${percent(share[content])}`;
}

/** `전화번호가`: what a column should have held. */
export function contentSubject(content: Content): string {
  return content === 'won' ? '금액이' : content === 'count' ? '작은 정수가' : `${noun[content]}가`;
}

/** A share that is not whole is never shown as whole. */
function percent(share: number): string {
  const rounded = Math.round(share * 100);
  return `${rounded === 100 && share < 1 ? 99 : rounded}%`;
}

/** `isPostcode` knows the codes in use: an amount of 12,900 won is none. */
export function profileOf(cells: readonly Cell[], isPostcode: (text: string) => boolean): Profile {
  const filled = cells.map(({ row, text }) => ({ row, text: text.trim() })).filter(({ text }) => text !== '');
  const is: Record<Content, (text: string) => boolean> = {
    postcode: isPostcode,
    phone: isPhone,
    moment: isMoment,
    address: isAddress,
    won: (text) => readWon(text) !== undefined && !/^0\d/.test(text),
    count: isCount,
  };
  const shareOf = (test: (text: string) => boolean) =>
    filled.length === 0 ? 0 : filled.filter(({ text }) => test(text)).length / filled.length;
  const amounts = filled.map(({ text }) => readWon(text) ?? 0).sort((a, b) => a - b);
  return {
    filled: filled.length,
    share: Object.fromEntries(contents.map((content) => [content, shareOf(is[content])])) as Profile['share'],
    ids: shareOf(isId),
    repeats: firstRepeat(filled),
    middle: amounts[Math.floor(amounts.length / 2)] ?? 0,
  };
}

function firstRepeat(cells: readonly Cell[]): Profile['repeats'] {
  const seen = new Map<string, number>();
  for (const { row, text } of cells) {
    const before = seen.get(text);
    if (before !== undefined) return [before, row];
    seen.set(text, row);
  }
  return undefined;
}

/** Also a masked one, and one that lost its first zero to a spreadsheet. */
function isPhone(text: string): boolean {
  const plain = text.replace(/[\s().-]/g, '').replace(/^\+?82/, '0');
  if (/^01[016789][\d*]{7,8}$|^0\d{1,2}(?=\d*\*{3})[\d*]{6,8}$/.test(plain)) return true;
  const digits = /^[\d]+$/.test(plain) ? phoneDigits(plain) : '';
  return /^(02\d{7,8}|0[3-6]\d\d{7,8}|070\d{8}|050\d{8,9}|10\d{8})$/.test(digits);
}

/** Day numbers of a spreadsheet are left out: a postal code looks the same. */
function isMoment(text: string): boolean {
  return !/^\d{5}(\.\d+)?$/.test(text) && readMoment(text) !== undefined;
}

const provinces =
  /^(서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충청?[남북]도?|충[남북]|전라?[남북]도?|전북|전남|경상?[남북]도?|경[남북]|제주)/;

function isAddress(text: string): boolean {
  const bare = text.replace(/^[([]?\d{5}[)\]]?\s*/, '');
  return bare.length >= 6 && provinces.test(bare) && /\s/.test(bare);
}

function isCount(text: string): boolean {
  const count = readQuantity(text);
  return count !== undefined && count >= 1 && count < 1000 && !/^0\d/.test(text);
}

function isId(text: string): boolean {
  return /^[\w-]{6,30}$/.test(text) && /\d{3}/.test(text) && !isPhone(text) && !isMoment(text);
}

const sure = 0.8;

/** What a column is by its cells alone; undefined for words, names, numbers of orders. */
export function contentOf(profile: Profile): Content | undefined {
  return contents.find((content) => content !== 'count' && profile.share[content] >= sure);
}
