export { acknowledgeLines } from './acknowledging.ts';
export { cancelLines } from './cancelling.ts';
export { type Change, type Comparison, compareLine, type KeptCell, type Value } from './changes.rules.ts';
export { type Correction, correctLines } from './correcting.ts';
export { countLinesByStatus } from './counts.ts';
export { type Dispatch, markDispatched, undoDispatch } from './dispatching.ts';
export { type EnteredOrder, enterOrder, type OrderEntry, promisedDates } from './entering.ts';
export { orderEventWords } from './event-words.ts';
export { fieldNames, fieldText, isAboutPeople, maskedValue } from './field-names.ts';
export { holdLines, releaseLines } from './holding.ts';
export {
  findKeptRows,
  type KeptRow,
  keepCells,
  type PackedCells,
  packCells,
  readKeptCells,
} from './kept-cells.ts';
export {
  ensureOrders,
  findLineIds,
  type LineChange,
  lockLines,
  lockLinesById,
  revertLines,
  settleLines,
  visibleLines,
  writeLineChanges,
} from './lines.ts';
export { readSearch, type Search, searchForRecord, searchInWords, soughtWords } from './search.rules.ts';
export { foundIds } from './searching.ts';
export { type ShownLine, showLines } from './shown-lines.ts';
export * from './status.rules.ts';
export {
  type ContentField,
  contentFields,
  type LineContent,
  type LineRow,
  lineTable,
  type MallReport,
  type Moment,
} from './tables.ts';
export { listTimeline, type TimelineEntry } from './timeline.ts';
export { replaceTracking } from './tracking-replacing.ts';
