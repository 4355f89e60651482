export { fillDownload, MakingStopped } from './filling.ts';
export { type MakerMessage, makerPriority } from './making.ts';
export type { DownloadRow } from './tables.ts';
