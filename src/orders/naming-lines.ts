import { Refusal } from '#lib/errors.ts';
import { claimNames, statusNames } from './status.rules.ts';
import type { LineRow } from './tables.ts';

/** '배송중', or '클레임 요청(반품 요청)' while a claim is open. */
export function statusInWords(line: Pick<LineRow, 'status' | 'claim'>): string {
  const status = statusNames[line.status];
  return line.claim ? `${status}(${claimNames[line.claim]})` : status;
}

const named = 5;

/** Throws a `Refusal` that names the lines and how they stand; nothing when there are none. */
export function refuseLines(lines: readonly LineRow[], reason: string): void {
  if (lines.length === 0) return;
  const names = lines.slice(0, named).map((line) => `${line.line_no} ${statusInWords(line)}`);
  const rest = lines.length > named ? ` 외 ${lines.length - named}건` : '';
  throw new Refusal(`${reason} (${names.join(', ')}${rest})`);
}
