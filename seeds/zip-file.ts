import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';

/** A part of a zip: text to be packed, or bytes already packed with whatever size and checksum one claims for them. */
export type ZipPart =
  | { name: string; text: string | Iterable<string> }
  | { name: string; packed: Iterable<Buffer>; size: number; crc: number };

interface Entry {
  name: Buffer;
  offset: number;
  packedSize: number;
  size: number;
  crc: number;
}

/** Writes a zip as a stream does: sizes and checksums follow each part and stand in the directory at the end. */
export async function writeZip(path: string, parts: Iterable<ZipPart>): Promise<void> {
  const file = createWriteStream(path);
  const entries: Entry[] = [];
  let offset = 0;
  const write = async (bytes: Buffer) => {
    offset += bytes.length;
    if (!file.write(bytes)) await once(file, 'drain');
  };

  for (const part of parts) {
    const entry: Entry = { name: Buffer.from(part.name), offset, packedSize: 0, size: 0, crc: 0 };
    await write(localHeader(entry));
    for await (const bytes of 'packed' in part ? part.packed : pack(part.text, entry)) {
      entry.packedSize += bytes.length;
      await write(bytes);
    }
    if ('packed' in part) Object.assign(entry, { size: part.size, crc: part.crc });
    await write(descriptor(entry));
    entries.push(entry);
  }

  const directory = Buffer.concat(entries.map(directoryEntry));
  const start = offset;
  await write(directory);
  await write(endOfDirectory(entries.length, directory.length, start));
  file.end();
  await finished(file);
}

async function* pack(text: string | Iterable<string>, entry: Entry): AsyncGenerator<Buffer> {
  const packer = createDeflateRaw({ level: 3, chunkSize: 1 << 17 });
  Readable.from(bytesOf(text, entry)).pipe(packer);
  yield* packer as AsyncIterable<Buffer>;
}

/** The text in pieces worth packing. */
function* bytesOf(text: string | Iterable<string>, entry: Entry): Generator<Buffer> {
  for (const piece of inLargePieces(typeof text === 'string' ? [text] : text)) {
    const bytes = Buffer.from(piece);
    entry.size += bytes.length;
    entry.crc = crc32(bytes, entry.crc);
    yield bytes;
  }
}

function* inLargePieces(pieces: Iterable<string>): Generator<string> {
  let pending: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    pending.push(piece);
    length += piece.length;
    if (length < 256 * 1024) continue;
    yield pending.join('');
    pending = [];
    length = 0;
  }
  if (length > 0) yield pending.join('');
}

const deflated = 8;
const sizesFollow = 0x0808; // and the name is UTF-8

function localHeader({ name }: Entry): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(sizesFollow, 6);
  header.writeUInt16LE(deflated, 8);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function descriptor({ crc, packedSize, size }: Entry): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(crc, 4);
  bytes.writeUInt32LE(packedSize, 8);
  bytes.writeUInt32LE(size % 2 ** 32, 12);
  return bytes;
}

function directoryEntry({ name, crc, packedSize, size, offset }: Entry): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(20, 6);
  header.writeUInt16LE(sizesFollow, 8);
  header.writeUInt16LE(deflated, 10);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(packedSize, 20);
  header.writeUInt32LE(size, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt32LE(offset, 42);
  return Buffer.concat([header, name]);
}

function endOfDirectory(count: number, size: number, offset: number): Buffer {
  const bytes = Buffer.alloc(22);
  bytes.writeUInt32LE(0x06054b50, 0);
  bytes.writeUInt16LE(count, 8);
  bytes.writeUInt16LE(count, 10);
  bytes.writeUInt32LE(size, 12);
  bytes.writeUInt32LE(offset, 16);
  return bytes;
}
