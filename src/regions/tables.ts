/** Rows of this module's tables; days are '2026-11-21', codes five digits. */
export interface RangeRow {
  id: number;
  from_code: string;
  to_code: string;
  sido: string;
  /** '' for 세종, which has no districts. A ward of a city stands with the city: '수원시 장안구'. */
  sigungu: string;
  valid_from: string;
  valid_to: string | null;
}

export interface ChangeRow {
  id: number;
  effective: string;
  /** null for changes older than the five-digit codes. */
  from_code: string | null;
  to_code: string | null;
  old_sido: string;
  /** Several districts are written '부천시 원미구/소사구/오정구'; '' means the whole 시도. */
  old_sigungu: string;
  new_sido: string;
  new_sigungu: string;
  note: string;
  /** null for the changes that came with the seeds. */
  made_by_name: string | null;
  created_at: Date;
}

export interface AliasRow {
  alias: string;
  sido: string;
}

export interface RemoteRow {
  from_code: string;
  to_code: string;
  kind: 'jeju' | 'island';
  label: string;
}

export interface SharedRow {
  from_code: string;
  to_code: string;
  /** The districts that share the code: a city for its wards, or '서해구/검단구'. */
  sigungu: string;
}

export interface RetiredRow {
  from_code: string;
  to_code: string;
  effective: string;
  new_from_code: string;
  new_to_code: string;
}

/** Everything a book is made from. */
export interface RegionTables {
  ranges: Omit<RangeRow, 'id'>[];
  changes: Omit<ChangeRow, 'id' | 'made_by_name' | 'created_at'>[];
  aliases: AliasRow[];
  remotes: RemoteRow[];
  shared: SharedRow[];
  retired: RetiredRow[];
}
