export { applyResult, undoResult } from './applying.ts';
export { couriers, type Template } from './known/index.ts';
export { findResult, receiveResult } from './results.ts';
export { makeSheet, writeRunSheet } from './sheets.ts';
