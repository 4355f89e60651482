import { formatPhone } from '#lib/phone.ts';

/** 홍길동 → 홍*동, 김솔 → 김*; who may not know a person still sees which rows belong together. */
export function maskName(name: string): string {
  const letters = [...name];
  if (letters.length <= 1) return name === '' ? '' : '*';
  if (letters.length === 2) return `${letters[0]}*`;
  return `${letters[0]}${'*'.repeat(letters.length - 2)}${letters.at(-1)}`;
}

/** 01012345678 → 010-****-5678; of a number of an unknown kind only the last four digits stay. */
export function maskPhone(phone: string): string {
  const parts = formatPhone(phone).split('-');
  if (parts.length === 3) return `${parts[0]}-${'*'.repeat(parts[1]!.length)}-${parts[2]}`;
  if (parts.length === 2) return `${'*'.repeat(parts[0]!.length)}-${parts[1]}`;
  return phone.length <= 4 ? '*'.repeat(phone.length) : '*'.repeat(phone.length - 4) + phone.slice(-4);
}

/** Leaves what a district and a street tell; the house is hidden. */
export function maskAddress(address: string): string {
  return address
    .split(' ')
    .map((part, at) => (at < 2 ? part : part.replace(/[^\s]/gu, '*')))
    .join(' ');
}
