import * as XLSX from '@e965/xlsx';
import iconv from 'iconv-lite';
import type { Cell, Sheet } from './twins.ts';

// .xls files put together record by record, in ways that SheetJS does not write.

export interface BiffOptions {
  version: 5 | 8;
  /** The longest record: what is longer goes on in the next. Excel's own is 8,224. */
  recordLength?: number;
  /** Cell records in another order than row by row. */
  byColumn?: boolean;
  date1904?: boolean;
  /** Records put among the globals, or before the cells of each sheet. */
  globals?: readonly Buffer[];
  before?: readonly Buffer[];
}

export function record(kind: number, ...content: (Buffer | number[])[]): Buffer {
  const bytes = Buffer.concat(content.map((part) => Buffer.from(part)));
  const head = Buffer.alloc(4);
  head.writeUInt16LE(kind, 0);
  head.writeUInt16LE(bytes.length, 2);
  return Buffer.concat([head, bytes]);
}

/** Little-endian numbers of two bytes each. */
export function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [at, value] of values.entries()) bytes.writeUInt16LE(value & 0xffff, at * 2);
  return bytes;
}

export function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

const long = (value: number) => words(value, Math.floor(value / 65_536));
const begin = (version: 5 | 8, type: number) =>
  record(0x0809, words(version === 8 ? 0x600 : 0x500, type, 0, 0));
export const end = record(0x000a);
export const chart = (version: 5 | 8) => [
  begin(version, 0x20),
  record(0x0203, words(0, 0, 0), double(777)),
  end,
];

/** The cell formats of these files by number: general, then a date of Excel's own, then one of ours. */
export const styles = { general: 0, shortDate: 1, moment: 2 } as const;

export function biffFile(sheets: readonly Sheet[], options: BiffOptions): Buffer {
  return inContainer(options.version === 8 ? 'Workbook' : 'Book', biffStream(sheets, options));
}

export function inContainer(name: string, stream: Buffer): Buffer {
  const file = XLSX.CFB.utils.cfb_new();
  XLSX.CFB.utils.cfb_add(file, `/${name}`, stream);
  return Buffer.from(XLSX.CFB.write(file, { type: 'buffer' }) as Uint8Array);
}

export function biffStream(sheets: readonly Sheet[], options: BiffOptions): Buffer {
  const { version } = options;
  const strings = new Strings();
  const bodies = sheets.map((sheet) => sheetRecords(sheet, options, strings));
  const tab = (at: number, { name }: Sheet) => record(0x0085, long(at), [0, 0], text(name, version, 1));
  const globals = (places: readonly number[]) =>
    Buffer.concat([
      begin(version, 5),
      record(0x0042, words(version === 8 ? 1200 : 949)),
      record(0x0022, words(options.date1904 ? 1 : 0)),
      record(0x041e, words(164), text('yyyy"년" mm/dd hh:mm', version, version === 8 ? 2 : 1)),
      ...[0, 14, 164].map((format) => record(0x00e0, words(0, format), Buffer.alloc(16))),
      ...(options.globals ?? []),
      ...sheets.map((sheet, at) => tab(places[at] ?? 0, sheet)),
      ...(version === 8 ? strings.records(options.recordLength ?? 8224) : []),
      end,
    ]);
  let at = globals([]).length;
  const places = bodies.map((body) => {
    at += body.length;
    return at - body.length;
  });
  return Buffer.concat([globals(places), ...bodies]);
}

function sheetRecords({ rows }: Sheet, options: BiffOptions, strings: Strings): Buffer {
  const cells = rows.flatMap((row, r) =>
    row.flatMap((cell, c) =>
      cell === null ? [] : [{ r, c, bytes: cellRecord(cell, r, c, options, strings) }],
    ),
  );
  if (options.byColumn) cells.sort((a, b) => a.c - b.c || b.r - a.r);
  return Buffer.concat([
    begin(options.version, 0x10),
    ...(options.before ?? []),
    ...cells.map(({ bytes }) => bytes),
    end,
  ]);
}

function cellRecord(
  cell: Exclude<Cell, null>,
  r: number,
  c: number,
  { version, date1904 }: BiffOptions,
  strings: Strings,
): Buffer {
  if (typeof cell === 'string') {
    return version === 8
      ? record(0x00fd, words(r, c, 0), long(strings.indexOf(cell)))
      : record(0x0204, words(r, c, 0), text(cell, 5, 2));
  }
  if (typeof cell === 'boolean') return record(0x0205, words(r, c, 0), [cell ? 1 : 0, 0]);
  if (cell instanceof Date) {
    const serial = cell.getTime() / 86_400_000 + 25_569 - (date1904 ? 1462 : 0);
    return record(0x0203, words(r, c, styles.moment), double(serial));
  }
  if (Number.isInteger(cell) && Math.abs(cell) < 2 ** 29) return record(0x027e, words(r, c, 0), small(cell));
  return record(0x0203, words(r, c, 0), double(cell));
}

/** A whole number in 30 bits. */
export function small(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE((value << 2) | 2);
  return bytes;
}

/** A text after its length: as wide as it must be, or in the code page of Korean Windows. */
export function text(value: string, version: 5 | 8, lengthBytes: 1 | 2): Buffer {
  const wide = !/^[\0-\xff]*$/.test(value);
  const bytes =
    version === 5 ? iconv.encode(value, 'cp949') : Buffer.from(value, wide ? 'utf16le' : 'latin1');
  const length = version === 5 ? bytes.length : value.length;
  const said = lengthBytes === 1 ? Buffer.from([length]) : words(length);
  return Buffer.concat(version === 5 ? [said, bytes] : [said, Buffer.from([wide ? 1 : 0]), bytes]);
}

class Strings {
  private places = new Map<string, number>();

  indexOf(value: string): number {
    if (!this.places.has(value)) this.places.set(value, this.places.size);
    return this.places.get(value)!;
  }

  /** Cut wherever a record is full, also in the middle of a text: there it says anew how wide it is. */
  records(most: number): Buffer[] {
    const pieces: number[][] = [[...long(this.places.size), ...long(this.places.size)]];
    let last = pieces[0]!;
    const next = () => {
      last = [];
      pieces.push(last);
    };
    [...this.places.keys()].forEach((value, at) => {
      const wide = !/^[\0-\xff]*$/.test(value);
      const [runs, aid] = [at % 3 === 1 ? 2 : 0, at % 4 === 2 ? 5 : 0];
      const head = [
        ...words(value.length),
        (wide ? 1 : 0) | (runs ? 8 : 0) | (aid ? 4 : 0),
        ...(runs ? words(runs) : []),
        ...(aid ? long(aid) : []),
      ];
      if (last.length + head.length > most) next();
      last.push(...head);
      for (const char of Buffer.from(value, 'utf16le').toString('utf16le').split('')) {
        const bytes = wide ? [...words(char.charCodeAt(0))] : [char.charCodeAt(0)];
        if (last.length + bytes.length > most) {
          next();
          last.push(wide ? 1 : 0);
        }
        last.push(...bytes);
      }
      for (let left = runs * 4 + aid; left > 0; left -= 1) {
        if (last.length >= most) next();
        last.push(0xee);
      }
    });
    return pieces.map((bytes, at) => record(at === 0 ? 0x00fc : 0x003c, bytes));
  }
}
