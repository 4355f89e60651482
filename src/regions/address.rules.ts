import { splitDistrict } from './address-names.rules.ts';
import { findSpan, type RegionBook, type RegionName } from './book.rules.ts';
import type { PostcodeResult } from './postcode.rules.ts';

/** The region an address names. Several when it leaves the ward out, or the 시도, or uses a name since divided. */
export interface AddressReading {
  /** '' when the address fits several. */
  sido: string;
  sigungu: string;
  regions: readonly RegionName[];
  /** The word where the district stands is not one of the 시도: nothing can be said for certain. */
  doubtful: boolean;
}

export interface AddressCheck {
  addressSido: string;
  addressSigungu: string;
  /** unreadable also when there is no region of the code to compare with. */
  agreement: 'agrees' | 'differs' | 'unreadable';
}

/** Whether the address may lie in the region of the postal code. */
export function checkAddress(code: PostcodeResult, address: string, book: RegionBook): AddressCheck {
  const reading = readAddress(address, book);
  if (!reading) return { addressSido: '', addressSigungu: '', agreement: 'unreadable' };
  return {
    addressSido: reading.sido,
    addressSigungu: reading.sigungu,
    agreement: agreement(code, reading, book),
  };
}

function agreement(
  code: PostcodeResult,
  reading: AddressReading,
  book: RegionBook,
): AddressCheck['agreement'] {
  if (code.sido === '') return 'unreadable';
  if (reading.regions.some((region) => sameRegion(region, code) || shares(region, code, book))) {
    return reading.doubtful ? 'unreadable' : 'agrees';
  }
  return 'differs';
}

/** A code that lies in two wards belongs to the one the address names. */
function shares(region: RegionName, code: PostcodeResult, book: RegionBook): boolean {
  const shared = findSpan(book.shared, code.postcode);
  if (!shared || region.sido !== code.sido) return false;
  const { city } = splitDistrict(region.sigungu);
  return shared.sigungu.some((name) => name === region.sigungu || name === city);
}

function sameRegion(a: RegionName, b: RegionName): boolean {
  return a.sido === b.sido && a.sigungu === b.sigungu;
}

/** Reads 시도 and 시군구 from the beginning of an address; undefined when it does not begin with a place. */
export function readAddress(address: string, book: RegionBook): AddressReading | undefined {
  const text = squeeze(address);
  return (
    readGwangju(text, book) ??
    readWithSido(text, book) ??
    readDistrict(text, 0, '', book) ??
    readSidoAlone(text, book)
  );
}

/** An address without its spaces, and where its words ended. */
interface Squeezed {
  letters: string;
  wordEnds: ReadonlySet<number>;
}

function squeeze(address: string): Squeezed {
  const words = address
    .normalize('NFKC')
    .replace(/[\u200b-\u200d\u2060\ufeff]/g, '')
    .replace(/^[\s'"]*(?:\(?우(?:편번호)?\)?\s*:?)?\s*[([]?\s*\d{3}-?\d{2,3}\s*[)\]]?(?!\d)/, '')
    .replace(/^\s*(?:대한민국|한국)\s+/, '')
    .split(/[\s,()[\]"'/·.]+/)
    .filter((word) => word !== '');
  const wordEnds = new Set<number>();
  let length = 0;
  for (const word of words) {
    length += word.length;
    wordEnds.add(length);
  }
  return { letters: words.join(''), wordEnds };
}

/**
 * 광주 is a metropolitan city that has become part of 전남광주통합특별시, and a city in 경기도. A district of the first, most
 * often one of its five wards, belongs there; a 읍 or 면 to the second. Anything else is read as the second, and a
 * code of the five wards agrees too.
 */
function readGwangju(text: Squeezed, book: RegionBook): AddressReading | undefined {
  const [stem] = /^광주시?/.exec(text.letters) ?? [];
  const metropolis = book.names.sido.get('광주');
  if (!stem || !metropolis) return undefined;
  const district = readDistrict(text, stem.length, metropolis, book);
  if (district || !text.wordEnds.has(stem.length)) return district;

  const city = { sido: '경기도', sigungu: '광주시' };
  const wards = book.ranges.filter((range) => range.sido === metropolis && range.sigungu.endsWith('구'));
  const township = /^[가-힣\d]+[읍면]$/.test(wordAt(text, stem.length));
  return { ...city, regions: township ? [city] : [city, ...wards], doubtful: false };
}

/** The longest 시도 name first: 경기도 before 경기. A name that no district follows is left to others. */
function readWithSido(text: Squeezed, book: RegionBook): AddressReading | undefined {
  for (const { sido, end } of sidoPrefixes(text, 0, book)) {
    const found = readDistrict(text, end, sido, book);
    if (found) return found;
    // A mall that joins two fields writes the 시도 twice.
    for (const again of sidoPrefixes(text, end, book)) {
      const twice = again.sido === sido ? readDistrict(text, again.end, sido, book) : undefined;
      if (twice) return twice;
    }
  }
  return undefined;
}

/** The longest name that stands at `start`; with no 시도 before it, only as a whole word. */
function readDistrict(
  text: Squeezed,
  start: number,
  sido: string,
  book: RegionBook,
): AddressReading | undefined {
  const names = book.names.districts.get(sido);
  for (let end = Math.min(text.letters.length, start + book.names.longest); end > start + 1; end--) {
    const name = names?.get(text.letters.slice(start, end));
    if (!name || ((name.short || sido === '') && !text.wordEnds.has(end))) continue;
    return reading(name.regions, name.sigungu);
  }
  return undefined;
}

function readSidoAlone(text: Squeezed, book: RegionBook): AddressReading | undefined {
  for (const { sido, end } of sidoPrefixes(text, 0, book)) {
    if (!text.wordEnds.has(end) && end < 3) continue;
    const regions = book.ranges.filter((range) => range.sido === sido);
    if (regions.length === 0) continue;
    const doubtful = regions.some((region) => region.sigungu) && /^[가-힣]+[시군구]$/.test(wordAt(text, end));
    return { sido, sigungu: '', regions, doubtful };
  }
  return undefined;
}

function sidoPrefixes(text: Squeezed, start: number, book: RegionBook): { sido: string; end: number }[] {
  const found: { sido: string; end: number }[] = [];
  for (let end = Math.min(text.letters.length, start + book.names.longest); end > start + 1; end--) {
    const sido = book.names.sido.get(text.letters.slice(start, end));
    if (sido) found.push({ sido, end });
  }
  return found;
}

/** The rest of the word at `start`. */
function wordAt(text: Squeezed, start: number): string {
  let end = start + 1;
  while (end < text.letters.length && !text.wordEnds.has(end)) end++;
  return text.letters.slice(start, end);
}

function reading(regions: readonly RegionName[], sigungu: string): AddressReading {
  const sido = new Set(regions.map((region) => region.sido));
  const known = sido.size === 1 ? { sido: regions[0]!.sido, sigungu } : { sido: '', sigungu: '' };
  return { ...known, regions, doubtful: false };
}
