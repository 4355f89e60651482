import type { LineRow } from './tables.ts';

/** What an order comes to, in won. */
export interface Totals {
  quantity: number;
  goods: number;
  shipping: number;
  sum: number;
  /** The part of `goods` that was cancelled or came back. */
  gone: number;
}

type Summed = Pick<LineRow, 'quantity' | 'amount' | 'shipping_fee' | 'bundle_no' | 'status'>;

/** The mall repeats the fee of a bundle on each of its lines: it counts once. */
export function totalsOf(lines: readonly Summed[]): Totals {
  const fees = new Map<string, number>();
  for (const { bundle_no, shipping_fee } of lines) {
    fees.set(bundle_no, Math.max(fees.get(bundle_no) ?? 0, shipping_fee));
  }
  const shipping = sum([...fees.values()]);
  const goods = sum(lines.map((line) => line.amount));
  const gone = sum(
    lines
      .filter((line) => line.status === 'cancelled' || line.status === 'returned')
      .map((line) => line.amount),
  );
  const quantity = sum(lines.map((line) => line.quantity));
  return { quantity, goods, shipping, sum: goods + shipping, gone };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
