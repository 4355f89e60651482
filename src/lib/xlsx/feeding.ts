import { isUtf8 } from 'node:buffer';
import { limits } from './limits.ts';
import type { TidyScanner } from './tidy-scanner.ts';
import { type XmlListener, XmlReader } from './xml.ts';

export interface Readers {
  careful: XmlListener & { inside: boolean };
  /** Left out, the careful reader takes everything. */
  tidy: TidyScanner | undefined;
  /** How the tag begins that holds the items, and how an item does. */
  frame: string;
  item: string;
}

/**
 * Feeds a part's bytes to its readers: the careful one takes the frame of the document, so that what is malformed or
 * cut short is refused; inside it the tidy one takes the items as far as it knows them, and the careful one the
 * rest. Yields after each piece.
 */
export async function* feed(
  chunks: AsyncIterable<Buffer>,
  { careful, tidy, frame, item }: Readers,
): AsyncGenerator<void> {
  const xml = new XmlReader(careful);
  const window = new Window();
  let place: 'frame' | 'items' | 'rest' = tidy ? 'frame' : 'rest';

  for await (const chunk of chunks) {
    window.add(chunk);
    if (place === 'frame') {
      const start = window.bytes.indexOf(frame);
      const end = start < 0 ? -1 : window.bytes.indexOf('>', start);
      if (end >= 0) {
        xml.write(window.take(end + 1));
        place = careful.inside ? 'items' : 'rest'; // the tag may have stood in a comment
      } else if (window.bytes.length > limits.token) place = 'rest';
    }
    if (tidy && place === 'items') {
      // The last item may go on in the next piece.
      const whole = Math.max(0, window.bytes.lastIndexOf(item));
      const done = isUtf8(window.bytes.subarray(0, whole)) ? tidy.read(window.bytes, whole) : 0;
      window.take(done);
      if (done < whole || window.bytes.length > limits.token) place = 'rest';
    }
    if (place === 'rest') xml.write(window.take(window.bytes.length));
    yield;
  }
  xml.write(window.take(window.bytes.length));
  xml.end();
  yield;
}

/** Bytes that have come in and have not been taken yet, in one piece. */
class Window {
  private room = Buffer.alloc(256 * 1024);
  private start = 0;
  private end = 0;

  get bytes(): Buffer {
    return this.room.subarray(this.start, this.end);
  }

  add(chunk: Buffer): void {
    const length = this.end - this.start;
    if (this.end + chunk.length > this.room.length) {
      const room =
        length + chunk.length > this.room.length ? Buffer.alloc(2 * (length + chunk.length)) : this.room;
      this.room.copy(room, 0, this.start, this.end);
      this.room = room;
      this.start = 0;
      this.end = length;
    }
    chunk.copy(this.room, this.end);
    this.end += chunk.length;
  }

  /** The next bytes, good until more are added. */
  take(count: number): Buffer {
    const taken = this.room.subarray(this.start, this.start + count);
    this.start += count;
    return taken;
  }
}
