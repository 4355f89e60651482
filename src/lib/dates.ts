/** Korean wall time; the process runs in Asia/Seoul, so the local fields of a Date are Korean. */

const two = (n: number) => String(n).padStart(2, '0');

/** 2026-11-21 */
export function day(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** 2026-11-21 09:05:00: what a DATETIME column takes. */
export function dateTime(date: Date): string {
  return `${day(date)} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** 11-21 09:05, for dense tables. */
export function shortDateTime(date: Date | null | undefined): string {
  if (!date) return '';
  return `${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The day `n` days after `from`, both as 2026-11-21. */
export function addDays(from: string, n: number): string {
  const [year, month, date] = from.split('-').map(Number) as [number, number, number];
  return day(new Date(year, month - 1, date + n));
}

/** True for a real calendar day written as 2026-11-21. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && addDays(text, 0) === text;
}
