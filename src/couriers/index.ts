export { applyResult, undoResult } from './applying.ts';
export { couriers, type Template } from './known/index.ts';
export { receiveResult } from './receiving.ts';
export { findResult } from './results.ts';
export { makeSheet, writeRunSheet } from './sheets.ts';
