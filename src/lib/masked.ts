/** True for a value the mall has blanked: `홍*동`, `010-****-1234`. Such a value says nothing new. */
export function isMasked(text: string): boolean {
  return /[*＊●]/.test(text);
}
