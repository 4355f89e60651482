import { damaged } from './refusals.ts';

/** The kinds of records we look at, by their numbers in the format (MS-XLS). */
export const recordKinds = {
  begin: 0x0809,
  end: 0x000a,
  goesOn: 0x003c,
  password: 0x002f,
  codePage: 0x0042,
  calendar: 0x0022,
  sheet: 0x0085,
  sharedStrings: 0x00fc,
  format: 0x041e,
  cellFormat: 0x00e0,
  number: 0x0203,
  label: 0x0204,
  richLabel: 0x00d6,
  sharedLabel: 0x00fd,
  smallNumber: 0x027e,
  smallNumbers: 0x00bd,
  booleanOrError: 0x0205,
  formula: 0x0006,
  formulaText: 0x0207,
} as const;

/** Steps through the records of an .xls: a number that says what it is, a length, and as many bytes. */
export class BiffRecords {
  readonly bytes: Buffer;
  kind = 0;
  /** Where the record's content begins and ends. */
  start = 0;
  end: number;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.end = at;
  }

  /** Goes to the next record; refuses a file that ends before it does. */
  next(): void {
    const { bytes, end } = this;
    if (end + 4 > bytes.length) throw damaged();
    this.kind = bytes.readUInt16LE(end);
    this.start = end + 4;
    this.end = this.start + bytes.readUInt16LE(end + 2);
    if (this.end > bytes.length) throw damaged();
  }

  /** The record's content, which must have at least so many bytes. */
  content(atLeast: number): Buffer {
    if (this.end - this.start < atLeast) throw damaged();
    return this.bytes.subarray(this.start, this.end);
  }

  /** The content of this record and of those it goes on in. */
  pieces(): Buffer[] {
    const found = [this.bytes.subarray(this.start, this.end)];
    const following = new BiffRecords(this.bytes, this.end);
    while (following.end + 4 <= this.bytes.length) {
      following.next();
      if (following.kind !== recordKinds.goesOn) break;
      found.push(following.bytes.subarray(following.start, following.end));
    }
    return found;
  }
}
