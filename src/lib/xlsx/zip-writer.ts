import { crc32, createDeflateRaw, type DeflateRaw } from 'node:zlib';
import { descriptor, directoryEntry, type Entry, endOfDirectory, localHeader } from './zip-records.ts';

/** Takes the bytes of a file as they are made; what it returns is awaited, so that a slow taker slows the maker. */
export type Sink = (bytes: Buffer) => void | Promise<void>;

/** Packed quickly: a download is made once and fetched once. */
const level = 2;
const inFlight = 1024 * 1024;
const largest = 0xffffffff;

/**
 * Writes a zip part by part in one pass: sizes and checksums follow each part. Packing runs beside the caller, on a
 * thread of its own.
 */
export class ZipWriter {
  #sink: Sink;
  #entries: Entry[] = [];
  #offset = 0;
  #refused: unknown;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** One part; `fill` writes its text through the function it is given. */
  async part(name: string, fill: (write: (text: string) => Promise<void>) => Promise<void>): Promise<void> {
    const entry: Entry = { name: Buffer.from(name), offset: this.#offset, packedSize: 0, size: 0, crc: 0 };
    await this.#send(localHeader(entry));
    const packer = createDeflateRaw({ level, chunkSize: 1 << 17 });
    const sent = this.#sendPacked(packer, entry);
    sent.catch(() => {}); // awaited below; until then the packer's end tells
    try {
      await fill((text) => pack(packer, entry, text));
      packer.end();
    } catch (error) {
      packer.destroy();
      throw this.#refused ?? error;
    }
    await sent;
    if (entry.size > largest || this.#offset > largest)
      throw new Error('the file is larger than a zip can be');
    await this.#send(descriptor(entry));
    this.#entries.push(entry);
  }

  async end(): Promise<void> {
    const directory = Buffer.concat(this.#entries.map(directoryEntry));
    const start = this.#offset;
    await this.#send(directory);
    await this.#send(endOfDirectory(this.#entries.length, directory.length, start));
  }

  async #sendPacked(packer: DeflateRaw, entry: Entry): Promise<void> {
    for await (const bytes of packer as AsyncIterable<Buffer>) {
      entry.packedSize += bytes.length;
      await this.#send(bytes);
    }
  }

  async #send(bytes: Buffer): Promise<void> {
    this.#offset += bytes.length;
    try {
      await this.#sink(bytes);
    } catch (error) {
      this.#refused = error;
      throw error;
    }
  }
}

async function pack(packer: DeflateRaw, entry: Entry, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  entry.size += bytes.length;
  entry.crc = crc32(bytes, entry.crc);
  packer.write(bytes);
  if (packer.writableLength < inFlight) return;
  await new Promise<void>((resolve, reject) => {
    const settle = (done: () => void) => {
      packer.off('drain', drained).off('close', closed);
      done();
    };
    const drained = () => settle(resolve);
    const closed = () => settle(() => reject(packer.errored ?? new Error('the file was given up')));
    packer.on('drain', drained).on('close', closed);
  });
}
