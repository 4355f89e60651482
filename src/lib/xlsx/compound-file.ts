import { damaged } from './refusals.ts';
import type { Source } from './source.ts';

/** The old Office container (OLE2): what a locked .xlsx, an .xls, a .doc or an .hwp is inside. */
export interface CompoundFile {
  /** The names of its own streams, not of those inside what is embedded in it. */
  names: readonly string[];
  /** The bytes of a small stream. Refused when there is not exactly one of that name, or it is longer than `limit`. */
  read(name: string, limit: number): Promise<Buffer>;
}

interface Stream {
  name: string;
  start: number;
  size: number;
}

interface Entry extends Stream {
  type: number;
  /** The entries before and after this one in its folder, and the first one inside it. */
  links: readonly [before: number, after: number, inside: number];
}

export const compoundMagic = Buffer.from('d0cf11e0a1b11ae1', 'hex');

const miniSector = 64;
const miniCutoff = 4096;
const entrySize = 128;
const mostDirectorySectors = 512;
const [rootEntry, streamEntry] = [5, 2];

/** Reads the directory only; the streams are read when asked for. */
export async function openCompoundFile(source: Source): Promise<CompoundFile> {
  const header = await source.read(0, 512);
  if (header.length < 512 || !header.subarray(0, 8).equals(compoundMagic)) throw damaged();
  const shift = header.readUInt16LE(30);
  if (shift !== 9 && shift !== 12) throw damaged();

  const sectors = new Sectors(source, 1 << shift, header);
  const directory = await sectors.chain(header.readUInt32LE(48), mostDirectorySectors);
  const entries = entriesOf(directory);
  const root = entries.find((entry) => entry.type === rootEntry);
  const streams = topLevel(entries).filter((entry) => entry.type === streamEntry);

  return {
    names: streams.map((stream) => stream.name),
    async read(name, limit) {
      const [stream, another] = streams.filter((each) => each.name === name);
      if (!stream || another || !root || stream.size > limit) throw damaged();
      const bytes =
        stream.size < miniCutoff
          ? await readMini(sectors, header, root, stream)
          : await sectors.chain(stream.start, Math.ceil(stream.size / sectors.size));
      if (bytes.length < stream.size) throw damaged();
      return bytes.subarray(0, stream.size);
    },
  };
}

function entriesOf(directory: Buffer): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at + entrySize <= directory.length; at += entrySize) {
    const nameBytes = Math.min(64, Math.max(2, directory.readUInt16LE(at + 64)));
    entries.push({
      type: directory[at + 66]!,
      name: directory.toString('utf16le', at, at + nameBytes - 2),
      links: [
        directory.readUInt32LE(at + 68),
        directory.readUInt32LE(at + 72),
        directory.readUInt32LE(at + 76),
      ],
      start: directory.readUInt32LE(at + 116),
      size: directory.readUInt32LE(at + 120),
    });
  }
  return entries;
}

/** The entries in the root folder; all of them in a file whose folders lead nowhere. */
function topLevel(entries: readonly Entry[]): readonly Entry[] {
  const found = new Set<Entry>();
  const waiting = [entries.find((entry) => entry.type === rootEntry)?.links[2] ?? -1];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const entry = entries[at];
    if (!entry || found.has(entry)) continue;
    found.add(entry);
    waiting.push(entry.links[0], entry.links[1]);
  }
  return found.size > 0 ? [...found] : entries;
}

/** Streams under 4 KB lie in 64-byte pieces inside the root's own stream. */
async function readMini(sectors: Sectors, header: Buffer, root: Stream, stream: Stream): Promise<Buffer> {
  const pieces = Math.ceil(stream.size / miniSector);
  const container = await sectors.chain(root.start, Math.ceil(root.size / sectors.size), 4096);
  const table = await sectors.chain(header.readUInt32LE(60), header.readUInt32LE(64), 512);
  const found: Buffer[] = [];
  for (let at = stream.start; found.length < pieces; at = table.readUInt32LE(at * 4)) {
    if (at * 4 + 4 > table.length || (at + 1) * miniSector > container.length) throw damaged();
    found.push(container.subarray(at * miniSector, (at + 1) * miniSector));
  }
  return Buffer.concat(found);
}

class Sectors {
  private tables = new Map<number, Buffer>();
  private source: Source;
  private header: Buffer;
  readonly size: number;

  constructor(source: Source, size: number, header: Buffer) {
    this.source = source;
    this.size = size;
    this.header = header;
  }

  /** The sectors that follow each other from `start`, at most `count`; more than `most` is not read at all. */
  async chain(start: number, count: number, most = count): Promise<Buffer> {
    if (count > most) throw damaged();
    const found: Buffer[] = [];
    for (let sector = start; found.length < count && sector < lastSector; sector = await this.next(sector)) {
      found.push(await this.sector(sector));
    }
    return Buffer.concat(found);
  }

  private async sector(number: number): Promise<Buffer> {
    const bytes = await this.source.read((number + 1) * this.size, this.size);
    if (bytes.length < this.size) throw damaged();
    return bytes;
  }

  private async next(sector: number): Promise<number> {
    const perTable = this.size / 4;
    const table = await this.table(Math.floor(sector / perTable));
    return table.readUInt32LE((sector % perTable) * 4);
  }

  private async table(index: number): Promise<Buffer> {
    const known = this.tables.get(index);
    if (known) return known;
    const table = await this.sector(await this.placeOfTable(index));
    this.tables.set(index, table);
    return table;
  }

  /** The first 109 tables are named in the header, the others in sectors of their own, each naming the next. */
  private async placeOfTable(index: number): Promise<number> {
    if (index < 109) return this.header.readUInt32LE(76 + index * 4);
    const perSector = this.size / 4 - 1;
    let list = await this.sector(this.header.readUInt32LE(68));
    for (let skip = Math.floor((index - 109) / perSector); skip > 0; skip -= 1) {
      list = await this.sector(list.readUInt32LE(perSector * 4));
    }
    return list.readUInt32LE(((index - 109) % perSector) * 4);
  }
}

const lastSector = 0xfffffffa;
