// Reading only: writing is in text-sheet.ts, so that the process that reads need not load ExcelJS.
export { serialText } from './dates.ts';
export { isLocked, unlock } from './locks.ts';
export { type ReadOptions, readRows } from './reading.ts';
export { FileLocked, FileRefused, WrongPassword } from './refusals.ts';
export { type Kind, kinds, type Row } from './rows.ts';
