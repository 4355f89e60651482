import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';
import {
  descriptor,
  directoryEntry,
  type Entry,
  endOfDirectory,
  localHeader,
} from '#lib/xlsx/zip-records.ts';

/** A part of a zip: text to be packed, or bytes already packed with whatever size and checksum one claims for them. */
export type ZipPart =
  | { name: string; text: string | Iterable<string> }
  | { name: string; packed: Iterable<Buffer>; size: number; crc: number };

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
