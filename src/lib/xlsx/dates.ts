const secondsPerDay = 86_400;
/** 9999-12-31: the last day Excel knows. */
const lastSerial = 2_958_466;

/**
 * Excel's day number as Korean wall time, `2026-11-21 09:05:00`: the number has no zone, so nothing is shifted.
 * A number below 1 is a time of day. Undefined for what Excel itself cannot show as a date.
 */
export function serialText(serial: number, date1904: boolean): string | undefined {
  const seconds = Math.round((date1904 ? serial + 1462 : serial) * secondsPerDay);
  if (!(seconds >= 0) || seconds >= lastSerial * secondsPerDay) return undefined;
  const time = timeText(seconds % secondsPerDay);
  const days = Math.floor(seconds / secondsPerDay);
  if (days === 0 && !date1904) return time;
  return `${dayText(days)} ${time}`;
}

const days = new Map<number, string>();

function dayText(serial: number): string {
  let text = days.get(serial);
  if (text === undefined) {
    text = dayOf(serial);
    if (days.size < 10_000) days.set(serial, text);
  }
  return text;
}

function dayOf(serial: number): string {
  if (serial === 60) return '1900-02-29'; // Excel believes in this day
  const sinceUnix = serial - 25_569 + (serial < 60 ? 1 : 0);
  return new Date(sinceUnix * secondsPerDay * 1000).toISOString().slice(0, 10);
}

const two = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));

function timeText(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${two[Math.floor(minutes / 60)]}:${two[minutes % 60]}:${two[seconds % 60]}`;
}

/** True for a number format that shows a day or a time of day; elapsed hours (`[h]:mm`) are a number. */
export function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined) return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
  const [positive = ''] = code.split(';');
  const bare = positive.replace(/"[^"]*"|\\.|_.|\*./g, '');
  if (/\[(h+|m+|s+)\]/i.test(bare)) return false;
  return /[ymdhsb]/i.test(bare.replace(/\[[^\]]*\]/g, '').replace(/general/gi, ''));
}
