import iconv from 'iconv-lite';
import { limits } from './limits.ts';
import { damaged, tooMuch } from './refusals.ts';

/** Texts of an .xls of 1997 and later: UTF-16, or one byte a character where that is enough. */
export class UnicodePieces {
  private pieces: readonly Buffer[];
  private piece = 0;
  private at = 0;

  /** The contents of a record and of those it goes on in. */
  constructor(pieces: readonly Buffer[], at = 0) {
    this.pieces = pieces;
    this.at = at;
  }

  get done(): boolean {
    return this.piece >= this.pieces.length - 1 && this.at >= (this.pieces.at(-1)?.length ?? 0);
  }

  /** A text after its length in `lengthBytes`. */
  text(lengthBytes: 1 | 2): string {
    const length = this.unsigned(lengthBytes);
    return this.characters(length, this.byte());
  }

  /** An entry of the shared strings: with fonts and reading aids, which are passed over. */
  entry(): string {
    const length = this.unsigned(2);
    const flags = this.byte();
    const runs = flags & 0x08 ? this.unsigned(2) : 0;
    const aids = flags & 0x04 ? this.unsigned(4) : 0;
    const text = this.characters(length, flags);
    this.skip(runs * 4 + aids);
    return text;
  }

  unsigned(bytes: number): number {
    let value = 0;
    for (let at = 0; at < bytes; at += 1) value += this.byte() * 256 ** at;
    return value;
  }

  /** A text that goes on in the next record says there anew how wide its characters are. */
  private characters(length: number, flags: number): string {
    let wide = flags & 1;
    let text = '';
    for (let left = length; left > 0; ) {
      if (this.at >= this.current().length) {
        this.nextPiece();
        wide = this.byte() & 1;
      }
      const piece = this.current();
      const count = Math.min(left, wide ? (piece.length - this.at) >> 1 : piece.length - this.at);
      if (count === 0) throw damaged();
      const end = this.at + (wide ? count * 2 : count);
      text += piece.toString(wide ? 'utf16le' : 'latin1', this.at, end);
      this.at = end;
      left -= count;
    }
    return wellFormed(text);
  }

  private skip(count: number): void {
    for (let left = count; left > 0; ) {
      if (this.at >= this.current().length) this.nextPiece();
      const here = Math.min(left, this.current().length - this.at);
      this.at += here;
      left -= here;
    }
  }

  private byte(): number {
    while (this.at >= this.current().length) this.nextPiece();
    const value = this.current()[this.at]!;
    this.at += 1;
    return value;
  }

  private current(): Buffer {
    return this.pieces[this.piece]!;
  }

  private nextPiece(): void {
    this.piece += 1;
    this.at = 0;
    if (this.piece >= this.pieces.length) throw damaged();
  }
}

export function readSharedTexts(pieces: readonly Buffer[]): string[] {
  const source = new UnicodePieces(pieces);
  source.unsigned(4); // how often they are used
  const count = source.unsigned(4);
  const texts: string[] = [];
  let characters = 0;
  while (texts.length < count && !source.done) {
    const text = source.entry();
    characters += text.length;
    if (texts.length >= limits.sharedStrings || characters > limits.sharedCharacters)
      throw tooMuch('글이 지나치게 많습니다.');
    texts.push(text);
  }
  return texts;
}

/** Reads the texts of an .xls before 1997, in the code page of the machine that wrote it; Korean if it does not say. */
export function textDecoder(codePage: number | undefined): (bytes: Buffer) => string {
  const name = `cp${codePage}`;
  const encoding = codePage !== undefined && codePage !== 1361 && iconv.encodingExists(name) ? name : 'cp949';
  return (bytes) => {
    const text = iconv.decode(bytes, encoding);
    if (text.includes('\ufffd')) throw damaged();
    return text;
  };
}

function wellFormed(text: string): string {
  if (!text.isWellFormed() || text.includes('\0')) throw damaged();
  return text;
}
