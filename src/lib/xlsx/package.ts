import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import * as yauzl from 'yauzl';
import { limits } from './limits.ts';
import { damaged, FileRefused, tooMuch } from './refusals.ts';

/** The parts of a spreadsheet's zip, within the limits and checked against their checksums as they are read. */
export interface Package extends Disposable {
  has(name: string): boolean;
  /** The unpacked size the part claims. */
  size(name: string): number;
  bytes(name: string): AsyncGenerator<Buffer>;
}

/** Opens a zip and judges its directory; nothing is unpacked yet. */
export async function openPackage(file: string | Buffer): Promise<Package> {
  const zip = await openZip(file);
  zip.on('error', () => {}); // whoever reads meets the same error
  try {
    const parts = await judgedParts(zip);
    let unpacked = 0;
    return {
      has: (name) => parts.has(name.toLowerCase()),
      size: (name) => parts.get(name.toLowerCase())?.uncompressedSize ?? 0,
      async *bytes(name) {
        const entry = parts.get(name.toLowerCase());
        if (!entry) throw damaged();
        for await (const chunk of unpack(zip, entry)) {
          unpacked += chunk.length;
          if (unpacked > limits.unpackedBytes) throw tooLarge();
          yield chunk;
        }
      },
      [Symbol.dispose]: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function openZip(file: string | Buffer): Promise<yauzl.ZipFile> {
  const options = { autoClose: false, lazyEntries: true };
  try {
    return await (typeof file === 'string'
      ? yauzl.openPromise(file, options)
      : yauzl.fromBufferPromise(file, options));
  } catch (error) {
    throw damaged(error); // most often a download that was cut short: the directory at the end is missing
  }
}

/** The parts by their names in lower case, as the format has it. */
async function judgedParts(zip: yauzl.ZipFile): Promise<Map<string, yauzl.Entry>> {
  if (zip.entryCount > limits.parts)
    throw tooMuch(`파일 안에 ${limits.parts}개가 넘는 조각이 들어 있습니다.`);
  const parts = new Map<string, yauzl.Entry>();
  let declared = 0;
  for await (const entry of entriesOf(zip)) {
    const name = entry.fileName.toLowerCase();
    if (parts.has(name)) throw damaged();
    if (entry.uncompressedSize > limits.smallPart) {
      if (entry.uncompressedSize > limits.packingRatio * entry.compressedSize) throw tooLarge();
    }
    declared += entry.uncompressedSize;
    if (declared > limits.unpackedBytes) throw tooLarge();
    parts.set(name, entry);
  }
  return parts;
}

async function* entriesOf(zip: yauzl.ZipFile): AsyncGenerator<yauzl.Entry> {
  try {
    yield* zip.eachEntry();
  } catch (error) {
    throw damaged(error);
  }
}

const tooLarge = () => tooMuch('압축을 풀면 지나치게 커지는 파일입니다.');

/** Pieces of this size decode and scan fastest. */
const chunkSize = 64 * 1024;

async function* unpack(zip: yauzl.ZipFile, entry: yauzl.Entry): AsyncGenerator<Buffer> {
  if (entry.compressionMethod !== 8 && entry.compressionMethod !== 0) throw damaged();
  if (entry.generalPurposeBitFlag & 1) {
    throw new FileRefused(
      '압축 비밀번호가 걸린 파일입니다. 엑셀 비밀번호로 잠근 파일이나 잠그지 않은 파일을 올려 주세요.',
    );
  }
  let size = 0;
  let crc = 0;
  for await (const chunk of inflated(zip, entry)) {
    size += chunk.length;
    if (size > entry.uncompressedSize) throw tooLarge(); // the directory lied
    crc = crc32(chunk, crc);
    yield chunk;
  }
  if (size !== entry.uncompressedSize || crc !== entry.crc32) throw damaged();
}

async function* inflated(zip: yauzl.ZipFile, entry: yauzl.Entry): AsyncGenerator<Buffer> {
  const packed = await zip.openReadStreamPromise(entry, { decodeFileData: false }).catch((error) => {
    throw damaged(error);
  });
  if (entry.compressionMethod === 0) {
    yield* packed as AsyncIterable<Buffer>;
    return;
  }
  const inflate = createInflateRaw({ chunkSize });
  const pumping = pipeline(packed, inflate).catch(() => {}); // the error surfaces in the loop below
  try {
    for await (const chunk of inflate as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    throw damaged(error);
  } finally {
    inflate.destroy();
    packed.destroy();
    await pumping;
  }
}

/** A part that is read as a whole; refused when it is larger than such parts are. */
export async function readPart(pack: Package, name: string): Promise<Buffer> {
  if (pack.size(name) > limits.smallPartBytes) throw tooMuch('파일의 목차나 서식이 지나치게 큽니다.');
  return buffer(pack.bytes(name));
}
