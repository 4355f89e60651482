import { isMasked } from '#lib/masked.ts';
import { phoneDigits } from '#lib/phone.ts';
import { serialText } from '#lib/xlsx/index.ts';

/** Text as it is compared and kept: composed Hangul, no spaces around it. */
export function plainText(text: string): string {
  return text.normalize('NFC').trim();
}

/**
 * A number of a spreadsheet as a person reads it: `1.29E7` is 12900000 and `6236.0` is 6236. Not for ids: one in
 * exponent form has lost digits.
 */
export function plainNumber(digits: string): string {
  if (/^-?\d+$/.test(digits)) return digits;
  const value = Number(digits);
  return digits === '' || !Number.isFinite(value) ? digits : String(Number(value.toPrecision(15)));
}

/** What is wrong with an id, in Korean; undefined when it is sound. */
export function idFault(text: string, isNumber: boolean): string | undefined {
  const lost = /^\d+(\.\d+)?e[+-]?\d+$/i.test(text) || (isNumber && text.replace(/\D/g, '').length > 15);
  if (lost) {
    return '엑셀이 숫자로 바꿔 자릿수를 잃었습니다. 다시 저장하지 않은 원본 파일을 올려 주세요.';
  }
  if (!/^[\w-]{1,30}$/.test(text)) return '번호에 쓸 수 없는 글자가 있습니다. 원본 파일을 확인해 주세요.';
  return undefined;
}

/** Whole won from `1290000`, `1,290,000`, `₩1,290,000` or `-1,290원`; undefined for anything else. */
export function readWon(text: string): number | undefined {
  const [, sign, digits] =
    /^(-?)\s*[₩￦\\]?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?\s*원?$/.exec(
      text.replace(/^([₩￦\\])\s*-/, '-$1'),
    ) ?? [];
  if (digits === undefined) return undefined;
  const amount = Number(digits.replaceAll(',', ''));
  if (amount > 1_000_000_000_000) return undefined;
  return sign === '-' && amount !== 0 ? -amount : amount;
}

/** A count from 0 up; undefined for anything else. */
export function readQuantity(text: string): number | undefined {
  const [, digits] = /^(\d{1,3}(?:,\d{3})+|\d{1,6})(?:\.0+)?$/.exec(text) ?? [];
  const quantity = Number(digits?.replaceAll(',', '') ?? Number.NaN);
  return quantity <= 100_000 ? quantity : undefined;
}

/**
 * Digits of a phone number. A masked one stays as the mall wrote it, so that it can be told. A zero that a
 * spreadsheet took away comes back: `1012345678` is 010-1234-5678. What is no phone number keeps its digits.
 */
export function readPhone(text: string): string {
  if (isMasked(text)) return text.slice(0, 30);
  const digits = phoneDigits(text);
  if (digits.length > 12) {
    const [first = ''] = text.split(/[,/;\n]/).filter((part) => phoneDigits(part).length >= 7);
    if (first !== text && first !== '') return readPhone(first.trim());
  }
  const national =
    /^\+?82\D*0?(?=[1-8])/.test(text) && digits.length > 9 ? digits.replace(/^820?/, '0') : digits;
  return (/^\d+$/.test(text) && lostZero.test(national) ? `0${national}` : national).slice(0, 30);
}

/** Mobile, Seoul, the other areas, internet and safe numbers without their first zero. */
const lostZero = /^(10\d{8}|1[16-9]\d{7,8}|2\d{7,8}|(3[1-3]|4[1-4]|5[1-5]|6[1-4])\d{7,8}|70\d{8}|50\d{8,9})$/;

/**
 * A moment as `2026-11-21 09:05:00` from the ways malls and spreadsheets write it, their day numbers included;
 * undefined for what is no date, or no day of the calendar.
 */
export function readMoment(text: string): string | undefined {
  if (plainMoment.test(text)) return isMoment(text) ? text : undefined;
  if (/^\d{5}(\.\d+)?$/.test(text)) return checked(serialText(Number(text), false));

  const packed = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?$/.exec(text);
  if (packed) return assemble(packed.slice(1));
  const written = writtenMoment.exec(text);
  if (!written) return undefined;
  const [, year, month, date, before, hour, minute, second, after] = written;
  const half = (before ?? after ?? '').toLowerCase();
  return assemble([year, month, date, half === '' ? hour : fullHour(Number(hour), half), minute, second]);
}

const plainMoment = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const writtenMoment =
  /^(\d{4})\s?[-/.년]\s?(\d{1,2})\s?[-/.월]\s?(\d{1,2})[일.]?(?:[T\s]\s*(오전|오후|am|pm)?\s*(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*(am|pm)?(?:\+09:?00)?)?$/i;

/** Undefined, as an hour that fails every check, for 13 in the afternoon. */
function fullHour(hour: number, half: string): string {
  if (hour < 1 || hour > 12) return '99';
  return String((hour % 12) + (half === '오후' || half === 'pm' ? 12 : 0));
}

function assemble([year, month, date, hour, minute, second]: (string | undefined)[]): string | undefined {
  const two = (part = '0') => part.padStart(2, '0');
  return checked(`${year}-${two(month)}-${two(date)} ${two(hour)}:${two(minute)}:${two(second)}`);
}

function checked(moment: string | undefined): string | undefined {
  return moment !== undefined && isMoment(moment) ? moment : undefined;
}

/** True for a day of the calendar, this century, and a time before midnight. */
function isMoment(text: string): boolean {
  const [year, month, date] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10))];
  if (!(year >= 2000 && year < 2100 && month >= 1 && month <= 12)) return false;
  if (!(date >= 1 && date <= daysIn(year, month))) return false;
  return text.slice(11, 13) < '24' && text.slice(14, 16) < '60' && text.slice(17, 19) < '60';
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
