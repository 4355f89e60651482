import { BiffRecords, recordKinds } from './biff-records.ts';
import { UnicodePieces } from './biff-texts.ts';
import type { BiffWorkbook } from './biff-workbook.ts';
import { damaged } from './refusals.ts';
import { type Row, RowBuilder } from './rows.ts';

const cellKinds = new Set<number>([
  recordKinds.number,
  recordKinds.label,
  recordKinds.richLabel,
  recordKinds.sharedLabel,
  recordKinds.smallNumber,
  recordKinds.smallNumbers,
  recordKinds.booleanOrError,
  recordKinds.formula,
]);

/** The rows of a sheet of an .xls. Some programs write it column by column; the rows still come in their order. */
export function* readBiffSheet(
  bytes: Buffer,
  sheet: { name: string; at: number },
  workbook: BiffWorkbook,
): Generator<Row> {
  const cells = new BiffCells(bytes, new RowBuilder(sheet.name, workbook.strings, workbook), workbook);
  const { builder } = cells;
  let row = -1;
  let count = 0;
  for (const place of placesOfCells(bytes, sheet.at)) {
    const next = bytes.readUInt16LE(place + 4);
    if (next !== row) {
      if (row >= 0) builder.endRow(count);
      yield* builder.take();
      builder.startRow(next + 1);
      row = next;
      count = 0;
    }
    count += 1;
    cells.put(place);
  }
  if (row >= 0) builder.endRow(count);
  yield* builder.take();
}

/** Where the records with values are, by rows. Those of a chart on the sheet are not the sheet's. */
function placesOfCells(bytes: Buffer, at: number): number[] {
  const records = new BiffRecords(bytes, at);
  records.next();
  if (records.kind !== recordKinds.begin) throw damaged();
  const places: number[] = [];
  let ordered = true;
  let row = 0;
  for (let depth = 1; depth > 0; ) {
    records.next();
    if (records.kind === recordKinds.begin) depth += 1;
    else if (records.kind === recordKinds.end) depth -= 1;
    else if (depth === 1 && cellKinds.has(records.kind)) {
      const next = records.content(6).readUInt16LE();
      if (next < row) ordered = false;
      row = next;
      places.push(records.start - 4);
    }
  }
  if (!ordered) places.sort((a, b) => bytes.readUInt16LE(a + 4) - bytes.readUInt16LE(b + 4));
  return places;
}

/** Puts the values of cell records into rows. */
class BiffCells {
  readonly builder: RowBuilder;
  private bytes: Buffer;
  private workbook: BiffWorkbook;

  constructor(bytes: Buffer, builder: RowBuilder, workbook: BiffWorkbook) {
    this.bytes = bytes;
    this.builder = builder;
    this.workbook = workbook;
  }

  put(place: number): void {
    const { builder } = this;
    const record = new BiffRecords(this.bytes, place);
    record.next();
    const content = record.content(6);
    const column = content.readUInt16LE(2);
    const style = content.readUInt16LE(4);
    switch (record.kind) {
      case recordKinds.number:
        this.number(column, record.content(14).readDoubleLE(6), style);
        break;
      case recordKinds.smallNumber:
        this.number(column, smallNumber(record.content(10), 6), style);
        break;
      case recordKinds.smallNumbers:
        for (let at = 4; at + 6 <= content.length - 2; at += 6) {
          this.number(column + (at - 4) / 6, smallNumber(content, at + 2), content.readUInt16LE(at));
        }
        break;
      case recordKinds.sharedLabel:
        builder.shared(column, record.content(10).readUInt32LE(6));
        break;
      case recordKinds.label:
      case recordKinds.richLabel:
        builder.asIs(column, this.text(record, 6));
        break;
      case recordKinds.booleanOrError:
        this.booleanOrError(column, record.content(8)[6]!, content[7] === 1);
        break;
      case recordKinds.formula:
        this.result(column, record.content(14), record, style);
        break;
    }
  }

  /** The result a formula was saved with. */
  private result(column: number, content: Buffer, record: BiffRecords, style: number): void {
    if (content.readUInt16LE(12) !== 0xffff) {
      this.number(column, content.readDoubleLE(6), style);
      return;
    }
    const kind = content[6];
    if (kind === 0) this.builder.asIs(column, this.resultText(record));
    else if (kind === 1 || kind === 2) this.booleanOrError(column, content[8]!, kind === 2);
  }

  /** A formula's text stands in a record of its own, behind what several formulas may share. */
  private resultText(record: BiffRecords): string {
    do record.next();
    while (betweenFormulaAndText.has(record.kind));
    return record.kind === recordKinds.formulaText ? this.text(record, 0) : '';
  }

  private text(record: BiffRecords, at: number): string {
    if (this.workbook.unicode) return new UnicodePieces(record.pieces(), at).text(2);
    const content = record.content(at + 2);
    const length = content.readUInt16LE(at);
    const bytes = Buffer.concat(record.pieces()).subarray(at + 2, at + 2 + length);
    if (bytes.length < length) throw damaged();
    return this.workbook.decode(bytes);
  }

  private number(column: number, value: number, style: number): void {
    if (!Number.isFinite(value)) throw damaged();
    this.builder.number(column, String(value), style);
  }

  private booleanOrError(column: number, value: number, isError: boolean): void {
    if (!isError) this.builder.boolean(column, value ? '1' : '0');
    else this.builder.error(column, errors[value] ?? '#N/A');
  }
}

/** A number in 30 bits: a whole one or the upper half of a floating one, either perhaps to be divided by 100. */
function smallNumber(content: Buffer, at: number): number {
  const bits = content.readInt32LE(at);
  const value = bits & 2 ? bits >> 2 : upperHalf(bits & ~3);
  return bits & 1 ? value / 100 : value;
}

const eight = new DataView(new ArrayBuffer(8));

function upperHalf(bits: number): number {
  eight.setInt32(0, bits);
  return eight.getFloat64(0);
}

/** Shared formulas, arrays and data tables. */
const betweenFormulaAndText = new Set([0x04bc, 0x0221, 0x0236]);

const errors: Readonly<Record<number, string>> = {
  0: '#NULL!',
  7: '#DIV/0!',
  15: '#VALUE!',
  23: '#REF!',
  29: '#NAME?',
  36: '#NUM!',
  42: '#N/A',
};
