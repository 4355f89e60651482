/**
 * Steps through bytes of XML written the plain way spreadsheet programs write it, several times faster than a full
 * parser. Whatever it does not know for certain (a comment, CDATA, an entity of its own, a tag out of place) it
 * leaves alone: the careful reader goes on from there, and both tell the same of everything this one accepts.
 */
export abstract class TidyScanner {
  protected bytes: Buffer = Buffer.alloc(0);
  protected at = 0;
  /** The last tag ended in `/>`. */
  protected closed = false;
  private quote = 0;
  /** The names of the tag's attributes so far: a bit for each letter, and where each longer one stands. */
  private letters = 0;
  private names: number[] = [];

  /** Reads one item and hands it on; false, with nothing handed on, when it is not plain. */
  protected abstract item(): boolean;

  /**
   * Reads items as long as they begin before `limit`; those must be whole and valid UTF-8. Returns where it stopped.
   */
  read(bytes: Buffer, limit: number): number {
    this.bytes = bytes;
    let done = 0;
    while (done < limit) {
      this.at = done;
      if (!this.item()) break;
      done = this.at;
    }
    return done;
  }

  /** The digits of a shared string's number; -1 for anything else. */
  protected index(): number {
    const { bytes } = this;
    const start = this.at;
    let at = start;
    let index = 0;
    for (let digit = bytes[at]! - zero; digit >= 0 && digit <= 9; digit = bytes[at]! - zero) {
      index = index * 10 + digit;
      at += 1;
    }
    this.at = at;
    return at > start && at - start < 10 ? index : -1;
  }

  /** Text up to the next tag, decoded; undefined when it holds what XML forbids or what is not plain. */
  protected text(): string | undefined {
    const { bytes } = this;
    const start = this.at;
    let at = start;
    let seen = 0;
    let plain = true;
    for (let byte = bytes[at]!; byte !== less; byte = bytes[++at]!) {
      seen |= byte;
      if (byte === ampersand || byte === carriageReturn) plain = false;
      else if (byte < space && byte !== tab && byte !== lineFeed) return undefined;
      else if (byte === greater && bytes[at - 1] === bracket && bytes[at - 2] === bracket) return undefined;
      else if (byte === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2]! >= 0xbe) return undefined;
    }
    this.at = at;
    const text = seen < 0x80 ? bytes.toString('latin1', start, at) : bytes.toString('utf8', start, at);
    return plain ? text : decoded(text);
  }

  protected plainAttributes(): boolean {
    this.startAttributes();
    for (;;) {
      const name = this.attribute();
      if (name === tagEnd) return true;
      if (name === untidy || !this.skipValue()) return false;
    }
  }

  protected startAttributes(): void {
    this.letters = 0;
    if (this.names.length > 0) this.names = [];
  }

  /**
   * Goes to the value of the tag's next attribute. Returns the name when it is a single letter, `longName`, or
   * `tagEnd` past the end of the tag.
   */
  protected attribute(): number {
    const { bytes } = this;
    let at = this.at;
    let byte = bytes[at]!;
    const spaced = isSpace(byte);
    while (isSpace(byte)) byte = bytes[++at]!;
    if (byte === greater || (byte === slash && bytes[at + 1] === greater)) {
      this.closed = byte === slash;
      this.at = at + (this.closed ? 2 : 1);
      return tagEnd;
    }
    if (!spaced) return untidy;
    const start = at;
    if (!isNameStart(byte)) return untidy;
    while (isNameStart(byte) || isNameRest(byte)) byte = bytes[++at]!;
    if (byte !== equals) return untidy;
    this.quote = bytes[at + 1]!;
    if (this.quote !== quotes.double && this.quote !== quotes.single) return untidy;
    this.at = at + 2;
    if (at - start > 1) return this.isNewName(start, at) ? longName : untidy;
    const bit = 1 << (bytes[start]! & 31);
    if (this.letters & bit) return untidy;
    this.letters |= bit;
    return bytes[start]!;
  }

  private isNewName(start: number, end: number): boolean {
    const { bytes, names } = this;
    for (let i = 0; i < names.length; i += 2) {
      if (
        names[i + 1]! - names[i]! === end - start &&
        bytes.compare(bytes, start, end, names[i], names[i + 1]) === 0
      ) {
        return false;
      }
    }
    names.push(start, end);
    return true;
  }

  protected skipValue(): boolean {
    const { bytes, quote } = this;
    let at = this.at;
    for (let byte = bytes[at]!; byte !== quote; byte = bytes[++at]!) {
      if (byte === less || byte === ampersand || byte < space) return false;
    }
    this.at = at + 1;
    return true;
  }

  protected endOfValue(): boolean {
    if (this.bytes[this.at] !== this.quote) return false;
    this.at += 1;
    return true;
  }

  /** True when the value has one character: the quote follows it. */
  protected isSingle(): boolean {
    return this.bytes[this.at + 1] === this.quote;
  }

  protected skipSpace(): void {
    while (isSpace(this.bytes[this.at]!)) this.at += 1;
  }

  /** Steps over `tag` if it stands here. */
  protected skip(tag: Uint8Array): boolean {
    const { bytes, at } = this;
    for (let i = 0; i < tag.length; i += 1) {
      if (bytes[at + i] !== tag[i]) return false;
    }
    this.at = at + tag.length;
    return true;
  }
}

export const untidy = -1;
export const tagEnd = -2;
const longName = -3;

export const code = (char: string) => char.charCodeAt(0);
const [less, greater, slash, equals, ampersand, bracket] = [
  code('<'),
  code('>'),
  code('/'),
  code('='),
  code('&'),
  code(']'),
];
const [tab, lineFeed, carriageReturn, space, zero] = [9, 10, 13, 32, code('0')];
const quotes = { double: code('"'), single: code("'") };

export const tag = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

function isSpace(byte: number): boolean {
  return byte === space || byte === lineFeed || byte === tab || byte === carriageReturn;
}

function isNameStart(byte: number): boolean {
  return (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || byte === 95;
}

/** Digits and the marks inside names like `x14ac:dyDescent`. */
function isNameRest(byte: number): boolean {
  return (byte >= 48 && byte <= 58) || byte === 45;
}

/** Text with line ends and entities resolved; undefined for an entity that XML itself does not know. */
export function decoded(text: string): string | undefined {
  let known = true;
  const result = text.replace(/\r\n?/g, '\n').replace(/&([^;&]{0,9};)?/g, (_, name: string | undefined) => {
    const char = name && (entities[name] ?? characterOf(name));
    if (char === undefined) known = false;
    return char ?? '';
  });
  return known ? result : undefined;
}

const entities: Readonly<Record<string, string>> = {
  'amp;': '&',
  'lt;': '<',
  'gt;': '>',
  'quot;': '"',
  'apos;': "'",
};

function characterOf(name: string): string | undefined {
  const [, decimal, hex] = /^#(?:(\d+)|x([0-9a-fA-F]+));$/.exec(name) ?? [];
  const point = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : -1;
  const allowed =
    point === 9 ||
    point === 10 ||
    point === 13 ||
    (point >= 32 && point < 0xd800) ||
    (point > 0xdfff && point < 0xfffe) ||
    (point > 0xffff && point < 0x110000);
  return allowed ? String.fromCodePoint(point) : undefined;
}
