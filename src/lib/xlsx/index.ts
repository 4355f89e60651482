export { serialText } from './dates.ts';
export { isLocked, unlock } from './locks.ts';
export { type ReadOptions, readRows } from './reading.ts';
export { FileLocked, FileRefused, WrongPassword } from './refusals.ts';
export { type Kind, kinds, type Row } from './rows.ts';
export { writeTextSheet } from './text-sheet.ts';
