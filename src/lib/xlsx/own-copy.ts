/** A text cut out of a piece of the file would keep the whole piece in memory for as long as it is kept itself. */
export function ownCopy(text: string): string {
  return text.length < 13 ? text : Buffer.from(text).toString();
}
