/** A row of an order as the add-on rule needs it. */
export interface AddonRow {
  lineNo: string;
  orderNo: string;
  productNo: string;
  kind: 'main' | 'addon';
}

/**
 * The line each add-on hangs on: in ascending line number the nearest main line before it in its order, of the same
 * product number where there is one (SmartStore gives an add-on the number of its main product).
 */
export function findMainLines(rows: readonly AddonRow[]): Map<string, string | null> {
  const mains = new Map<string, string | null>();
  const before = new Map<string, { any: string; byProduct: Map<string, string> }>();
  for (const row of [...rows].sort((a, b) => compareNumbers(a.lineNo, b.lineNo))) {
    const order = before.get(row.orderNo);
    if (row.kind === 'main') {
      const known = order ?? { any: row.lineNo, byProduct: new Map<string, string>() };
      known.any = row.lineNo;
      known.byProduct.set(row.productNo, row.lineNo);
      before.set(row.orderNo, known);
    } else {
      mains.set(row.lineNo, order?.byProduct.get(row.productNo) ?? order?.any ?? null);
    }
  }
  return mains;
}

/** Numbers of different length are compared by length first, so that no digit is lost to arithmetic. */
function compareNumbers(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
