import { BlockList, isIP } from 'node:net';

/** One line of a list: an address or a network, and what stands behind it. */
export interface ListedAddress {
  line: number;
  network: string;
  prefix: number;
  family: 'ipv4' | 'ipv6';
}

export interface AddressProblem {
  line: number;
  message: string;
}

const mostLines = 200;

/**
 * Reads what somebody typed: a line an address (`203.0.113.7`, `2001:db8::1`) or a network (`203.0.113.0/24`), what
 * follows a space or # is a note. Every line that cannot be read is named.
 */
export function readAddresses(text: string): { addresses: ListedAddress[]; problems: AddressProblem[] } {
  const addresses: ListedAddress[] = [];
  const problems: AddressProblem[] = [];
  const lines = text.split(/\r\n|\r|\n/);
  for (const [index, whole] of lines.entries()) {
    const word = whole.replace(/#.*/, '').trim().split(/\s/)[0] as string;
    if (!word) continue;
    const read = readAddress(word);
    if (typeof read === 'string')
      problems.push({ line: index + 1, message: `${index + 1}번째 줄 ‘${shortened(word)}’: ${read}` });
    else addresses.push({ ...read, line: index + 1 });
  }
  if (addresses.length > mostLines)
    problems.push({ line: mostLines + 1, message: `주소는 ${mostLines}줄까지 적을 수 있습니다.` });
  return { addresses, problems };
}

function readAddress(word: string): Omit<ListedAddress, 'line'> | string {
  const [typed = '', length, ...more] = word.split('/');
  const network = plainAddress(typed);
  const version = network.includes('%') ? 0 : isIP(network);
  if (version === 0) return '주소가 아닙니다. 203.0.113.7이나 203.0.113.0/24처럼 적어 주세요.';
  const bits = version === 4 ? 32 : 128;
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  if (more.length > 0 || prefix < 0 || prefix > bits)
    return `/ 뒤에는 1에서 ${bits} 사이의 숫자를 적어 주세요.`;
  if (prefix === 0) return '모든 주소가 들어갑니다. 어디서나 들어오게 하려면 ‘어디서나’를 고르세요.';
  return { network, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

/** An IPv4 address as a server that listens on IPv6 sees it is the same address. */
export function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

/** True when the address is in the list. What is no address is in none. */
export function isListed(address: string, list: readonly ListedAddress[]): boolean {
  const plain = plainAddress(address).replace(/%.*$/, '');
  const version = isIP(plain);
  if (version === 0) return false;
  const networks = new BlockList();
  for (const { network, prefix, family } of list) networks.addSubnet(network, prefix, family);
  return networks.check(plain, version === 4 ? 'ipv4' : 'ipv6');
}

const shortened = (word: string) => (word.length > 45 ? `${word.slice(0, 45)}…` : word);
