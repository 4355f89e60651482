export { fillDownload, MakingStopped } from './filling.ts';
export type { MakerMessage } from './making.ts';
export type { DownloadRow } from './tables.ts';
