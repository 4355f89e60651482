import * as columns from '../../../seeds/malls/columns.ts';
import type { Sale } from '../../../seeds/malls/sales.ts';
import type { Cell, Sheet } from '../../xlsx/twins.ts';

/** How the mall says a line stands now; the rest of the row is as it was sold. */
export interface Said {
  주문상태: string;
  클레임상태?: string;
  '수량클레임 여부'?: string;
  구매확정일?: string;
  발송처리일?: string;
  택배사?: string;
  송장번호?: string;
}

/** SmartStore's 주문조회 and 구매확정내역, with the people masked as the mall leaves them. */
export const standingFiles = {
  주문조회: columns.orderQuery17 as readonly string[],
  구매확정내역: columns.purchaseConfirmed46 as readonly string[],
} as const;

export function standingSheet(
  name: keyof typeof standingFiles,
  rows: readonly (readonly [Sale, Said])[],
): Sheet {
  const header = standingFiles[name];
  return {
    name,
    rows: [header, ...rows.map(([sale, said]) => header.map((column) => cellOf(column, sale, said)))],
  };
}

/** 취소관리, 반품관리 or 교환관리. */
export function claimSheet(
  what: '취소' | '반품' | '교환',
  rows: readonly (readonly [Sale, string])[],
): Sheet {
  const header = ['상품주문번호', '주문번호', `${what} 처리상태`, '상품명', '옵션정보', '수량', '수취인명'];
  return {
    name: `${what}관리`,
    rows: [
      header,
      ...rows.map(([sale, word]) =>
        header.map((column) => (column.endsWith('처리상태') ? word : cellOf(column, sale, {}))),
      ),
    ],
  };
}

function cellOf(column: string, { sold }: Sale, said: Partial<Said>): Cell {
  if (column in said) return said[column as keyof Said]!;
  if (column === '구매자명' || column === '수취인명') return String(sold[column]).replace(/^(.)./, '$1*');
  if (column === '구매자ID') return 'yo****';
  const cell = sold[column as keyof typeof sold];
  return /상태|발송처리일|택배사|송장번호/.test(column) ? '' : (cell ?? '');
}
