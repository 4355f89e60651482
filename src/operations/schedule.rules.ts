const days = ['일', '월', '화', '수', '목', '금', '토'];

/** `20 4 * * *` as people say it: 매일 04:20. Patterns of another kind stay as they are. */
export function cronWords(pattern: string): string {
  const fields = pattern.trim().split(/\s+/);
  const [minute, hour, date, month, weekday] = fields.slice(-5) as [string, string, string, string, string];
  const second = fields.length === 6 ? fields[0]! : '0';
  const steps = /^\*\/(\d+)$/;
  if (date !== '*' || month !== '*') return pattern;
  if (hour === '*' && weekday === '*') {
    if (minute === '*' && steps.test(second)) return `${steps.exec(second)![1]}초마다`;
    if (minute === '*' && second === '0') return '1분마다';
    if (steps.test(minute)) return `${steps.exec(minute)![1]}분마다`;
    if (/^\d+$/.test(minute)) return `매시 ${minute}분`;
  }
  if (!/^\d+$/.test(minute) || !/^\d+$/.test(hour)) return pattern;
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  if (weekday === '*') return `매일 ${time}`;
  return /^[0-6]$/.test(weekday) ? `매주 ${days[Number(weekday)]}요일 ${time}` : pattern;
}
