import { createHash } from 'node:crypto';

/** How a channel names what was ordered. */
export interface ChannelText {
  productNo: string;
  isAddon: boolean;
  productName: string;
  optionText: string;
}

/** The same words in the same order are the same option, however they are spaced. */
export function normaliseText(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

/**
 * What tells one channel text from another: 16 bytes. A main product is known by its number, so the mall may
 * rename it; add-ons share the number of their main product, so their name counts as well, as it does for a mall that
 * numbers nothing.
 */
export function textHash(text: ChannelText): Buffer {
  const parts = [
    text.productNo,
    text.isAddon ? 'addon' : 'main',
    text.isAddon || text.productNo === '' ? normaliseText(text.productName) : '',
    normaliseText(text.optionText),
  ];
  return createHash('md5').update(JSON.stringify(parts)).digest();
}

/**
 * A first name for an option: the values of `이름: 값 / 이름: 값` without the names. A part begins only where
 * ` / ` is followed by a name and `: `, because values hold slashes and names hold colons.
 */
export function suggestOptionName(optionText: string): string {
  const parts = normaliseText(optionText).split(/ \/ (?=[^/]*?: )/);
  return parts
    .map((part) => {
      const colon = part.indexOf(': ');
      return colon < 0 ? part : part.slice(colon + 2);
    })
    .join(' / ')
    .slice(0, 300);
}
