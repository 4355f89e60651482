/** Integer won with thousands separators: 1290000 → "1,290,000". */
export function won(amount: number | null | undefined): string {
  return amount == null ? '' : amount.toLocaleString('ko-KR');
}
