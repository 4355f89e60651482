import type { Change, Comparison, DeliveryMethod, KeptCell } from '#orders';

/** waiting → reading → proposed → applying → applied → undoing → undone; the others are ways to end or pause. */
export type ImportState =
  | 'waiting'
  | 'reading'
  | 'locked'
  | 'unmapped'
  | 'refused'
  | 'cancelled'
  | 'proposed'
  | 'applying'
  | 'applied'
  | 'undoing'
  | 'undone'
  | 'discarded';

export const importStateNames: Record<ImportState, string> = {
  waiting: '읽기 대기',
  reading: '읽는 중',
  locked: '비밀번호 필요',
  unmapped: '열 맞추기 필요',
  refused: '읽지 못함',
  cancelled: '읽기 취소',
  proposed: '확인 대기',
  applying: '적용 중',
  applied: '적용됨',
  undoing: '되돌리는 중',
  undone: '되돌림',
  discarded: '버림',
};

/** The colour of a state's tag: amber waits for a person, blue is at work. */
export const importStateTones: Record<ImportState, string> = {
  waiting: 'blue',
  reading: 'blue',
  locked: 'amber',
  unmapped: 'amber',
  refused: 'red',
  cancelled: 'neutral',
  proposed: 'amber',
  applying: 'blue',
  applied: 'green',
  undoing: 'blue',
  undone: 'neutral',
  discarded: 'neutral',
};

/** `waiting` tells where a line stands whose order nobody knows yet; `met` is one whose order has come since. */
export const rowKinds = ['new', 'changed', 'same', 'conflict', 'waiting', 'met', 'rejected'] as const;
export type RowKind = (typeof rowKinds)[number];

export const rowKindNames: Record<RowKind, string> = {
  new: '새 주문',
  changed: '바뀜',
  same: '같음',
  conflict: '확인 필요',
  waiting: '주문 기다림',
  met: '이어 제안함',
  rejected: '거절',
};

export const rowKindTones: Record<RowKind, string> = {
  new: 'green',
  changed: 'blue',
  same: 'neutral',
  conflict: 'amber',
  waiting: 'violet',
  met: 'neutral',
  rejected: 'red',
};

/** How far a read, an apply or an undo is, for those who watch. */
export type Progress = (done: number, total: number, stage: string) => void;

export interface ChannelRow {
  id: number;
  code: string;
  name: string;
  layout: string;
  /** Sealed; the password of the mall's locked files. */
  file_password: Buffer | null;
  /** How its new orders are delivered when its files do not say. */
  default_method: DeliveryMethod;
  /** The last change of its lines in which waiting rows have been looked for. */
  waits_seen_batch_id: number;
}

export interface ImportRow {
  id: number;
  /** 0 until the reader has found out whose file it is. */
  channel_id: number;
  /** The code of the layout the file was read with; NULL for files from before there were several. */
  layout: string | null;
  file_name: string;
  file_size: number;
  file_sha256: string;
  state: ImportState;
  failure: string | null;
  /** JSON array of the file's header texts. */
  columns_json: string | null;
  rows_read: number;
  order_count: number;
  line_count: number;
  new_count: number;
  changed_count: number;
  same_count: number;
  conflict_count: number;
  rejected_count: number;
  /** Rows whose order nobody knows yet. */
  waiting_count: number;
  /** Rows that have waited and are proposed by another import now. */
  met_count: number;
  /** Of the rejected, those that lack nothing but what a word of the mall's means. */
  undecided_count: number;
  /** Lines an undo left as they are because someone touched them since. */
  kept_count: number;
  /** Sealed `FilePassword`, only until the file has been read. */
  password: Buffer | null;
  /** Names the process that reads now; another one's writes are refused. */
  read_token: string | null;
  beat_at: Date | null;
  created_by: number | null;
  created_by_name: string;
  created_at: Date;
  read_at: Date | null;
  applied_at: Date | null;
  undone_at: Date | null;
  /** The last batch and the last event whose changes the comparing with the lines can have seen. */
  basis_batch_id: number;
  basis_event_id: number;
  /** Which state of the proposal this is; each time its rows come out differently it is one more. */
  comparison: number;
  /** The one that is applied; NULL applies whatever the rows come to, for nobody was shown any. */
  agreed_comparison: number | null;
  /** Rows that are something else by now than they were when the file was read. */
  moved_count: number;
  /** The original file is destroyed after 90 days; the record stays. */
  file_destroyed_at: Date | null;
  /** The import whose waiting rows this one proposes; it has no file of its own. */
  follows_import_id: number | null;
  /** When the mall's own columns were destroyed. */
  cells_destroyed_at: Date | null;
}

export interface FilePassword {
  password: string;
  /** Keep it for the channel once it has opened a file. */
  remember: boolean;
}

export interface Problem {
  column: string;
  value: string;
  reason: string;
  /** A word of the mall's that a person may explain; then the row is no longer wrong. */
  unknown?: { field: 'status' | 'detail'; word: string };
}

export interface StagedRow {
  import_id: number;
  row_no: number;
  kind: RowKind;
  line_no: string | null;
  order_no: string | null;
  main_line_no: string | null;
  /** JSON `ChangeRecord`. */
  changes: string | null;
  /** JSON array of `Problem`. */
  problems: string | null;
  /** The line's revision right after this row was applied; NULL means 1 for a new line. */
  applied_revision: number | null;
  undone: 'undone' | 'kept' | null;
  /** The line as it stood when the row was compared with it; both NULL where there was none. */
  seen_revision: number | null;
  seen_import_id: number | null;
  /** JSON `Outcome`: what the row was when the file was read, where it is something else by now. */
  moved: string | null;
  /** The import that proposes the row, which has waited here until its order came. */
  met_import_id?: number | null;
}

/** What a row does to its line. */
export type Outcome = Pick<Comparison, 'changes' | 'kept'> & { kind: RowKind };

export interface ChangeRecord {
  changes: Change[];
  kept: KeptCell[];
  /** What an undo gives back besides the cells. */
  source?: { import_id: number | null; row: number | null; mall_report: string };
}
