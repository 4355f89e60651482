export { findChannelByCode, listChannels } from './channels.ts';
export { exportDispatchFile } from './dispatch/exporting.ts';
export { type ImportSummary, importFile } from './importing.ts';
export { findImport } from './imports.ts';
export type { ChannelRow } from './tables.ts';
