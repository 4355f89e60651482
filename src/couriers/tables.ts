export interface RunRow {
  id: number;
  courier: string;
  /** JSON `Template`, as it was when the sheet was made. */
  template_json: string;
  filter_json: string;
  parcel_count: number;
  line_count: number;
  box_count: number;
  again_count: number;
  reason: string;
  made_by: number | null;
  made_by_name: string;
  made_at: Date;
}

export type ResultState = 'proposed' | 'applied' | 'undone' | 'discarded';

export const resultStateNames: Record<ResultState, string> = {
  proposed: '확인 대기',
  applied: '적용됨',
  undone: '되돌림',
  discarded: '버림',
};

export const resultStateTones: Record<ResultState, string> = {
  proposed: 'amber',
  applied: 'green',
  undone: 'neutral',
  discarded: 'neutral',
};

export interface ResultFileRow {
  id: number;
  courier: string;
  file_name: string;
  file_sha256: string;
  state: ResultState;
  row_count: number;
  /** Lines that applying sent or gave another number. */
  sent_count: number;
  /** Lines an undo left as they are because someone touched them since. */
  kept_count: number;
  made_by_name: string;
  made_at: Date;
  applied_by_name: string | null;
  applied_at: Date | null;
  undone_at: Date | null;
  /** When those it named were destroyed. */
  personal_destroyed_at: Date | null;
}

export interface ResultLineRow {
  result_id: number;
  row_no: number;
  channel_id: number;
  line_no: string;
  act: 'sent' | 'replaced';
  revision_after: number;
  /** JSON `{ courier, trackingNo, mallReport }` of a line that had another number before. */
  before_json: string;
  undone: 'undone' | 'kept' | null;
}
