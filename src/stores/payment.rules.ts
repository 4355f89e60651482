export const paymentMethods = ['card', 'cash', 'transfer', 'voucher', 'other'] as const;
export type PaymentMethod = (typeof paymentMethods)[number];

export const paymentMethodNames: Record<PaymentMethod, string> = {
  card: '카드',
  cash: '현금',
  transfer: '계좌이체',
  voucher: '상품권',
  other: '기타',
};

/** What one line of an order form asks for, in won. */
export interface PricedLine {
  quantity: number;
  unitPrice: number;
  discount: number;
}

/** The discount is of the line, not of each piece. */
export function lineAmount({ quantity, unitPrice, discount }: PricedLine): number {
  return quantity * unitPrice - discount;
}

export interface FormTotals {
  quantity: number;
  /** Before discounts. */
  price: number;
  discount: number;
  total: number;
  paid: number;
  /** Below zero when more was paid than asked. */
  balance: number;
}

export function formTotals(lines: readonly PricedLine[], paid: number): FormTotals {
  const sum = (value: (line: PricedLine) => number) => lines.reduce((all, line) => all + value(line), 0);
  const price = sum((line) => line.quantity * line.unitPrice);
  const discount = sum((line) => line.discount);
  const total = price - discount;
  return { quantity: sum((line) => line.quantity), price, discount, total, paid, balance: total - paid };
}
