export const downloadStates = ['waiting', 'making', 'ready', 'failed', 'cancelled', 'expired'] as const;
export type DownloadState = (typeof downloadStates)[number];

export const downloadStateNames: Record<DownloadState, string> = {
  waiting: '대기',
  making: '만드는 중',
  ready: '완료',
  failed: '실패',
  cancelled: '취소',
  expired: '기간 지남',
};

export const downloadStateTones: Record<DownloadState, string> = {
  waiting: 'amber',
  making: 'blue',
  ready: 'green',
  failed: 'red',
  cancelled: 'neutral',
  expired: 'neutral',
};

/** A file somebody asked for. The record stays when the file is gone. */
export interface DownloadRow {
  id: number;
  list_name: string;
  /** What the list was called. */
  title: string;
  state: DownloadState;
  /** JSON `AskedQuery`. */
  query_json: string;
  filter_words: string;
  /** JSON array of the chosen columns' keys and titles. */
  columns_json: string;
  /** 1 when a column names or reaches a customer. */
  personal: 0 | 1;
  reason: string | null;
  /** As counted when it was asked for, and as written once it is ready. */
  row_count: number;
  rows_done: number;
  file_name: string;
  file_size: number;
  failure: string | null;
  /** The channels whose rows are in the file, NULL for all. */
  scope_json: string | null;
  /** Of the process that makes the file; any other's writing is refused. */
  token: string | null;
  beat_at: Date | null;
  attempts: number;
  created_by: number;
  created_by_name: string;
  created_at: Date;
  ready_at: Date | null;
  expires_at: Date | null;
  /** How often the file was fetched. */
  taken_count: number;
}

export interface KeptColumn {
  key: string;
  title: string;
}
