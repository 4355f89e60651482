import type { Standing } from './supplement.rules.ts';

/** Somebody who makes or keeps goods we sell. Products without a partner are ours. */
export interface PartnerRow {
  id: number;
  name: string;
  contact: string;
  phone: string;
  memo: string;
  /** Why people's names and addresses go to this partner; every sending is recorded with it. */
  purpose: string;
  /** Null while the partner gets the default sheet. */
  template: string | null;
  is_active: 0 | 1;
}

/** `waiting`: what was not ordered yet; `range`: all of some days again; `supplement`: what changed since. */
export type SheetScope = 'waiting' | 'range' | 'supplement';

export interface SheetRow {
  id: number;
  partner_id: number;
  sheet_no: number;
  /** 1 is the sheet itself, 2 and on are its supplements. */
  part: number;
  scope: SheetScope;
  from_day: string | null;
  to_day: string | null;
  line_count: number;
  item_count: number;
  purpose: string;
  template: string;
  made_by: number | null;
  made_by_name: string;
  made_at: Date;
  undone_by_name: string | null;
  undone_at: Date | null;
  /** Since when nobody stands in it any more, and its file is gone. */
  personal_destroyed_at: Date | null;
}

/** How an ordered line stands with its partner, as the partner was last told. */
export interface PartnerLineRow {
  line_no: string;
  channel_id: number;
  partner_id: number;
  state: Standing;
  /** The sheet that ordered it. */
  sheet_id: number;
  /** The sheet that told of it last: its frozen values are what the partner knows. */
  told_sheet_id: number;
  ordered_at: Date;
}
