import type { ListColumn } from '#lib/list-source.ts';

type Column = ListColumn<unknown>;

/** Adds up what goes into a file, for its last row. */
export class Totals {
  rows = 0;
  #sums: { at: number; value: Column['value']; sum: number }[] = [];
  #once: {
    at: number;
    value: Column['value'];
    key: (row: unknown) => string;
    largest: Map<string, number>;
  }[] = [];
  #width: number;

  constructor(columns: readonly Column[]) {
    this.#width = columns.length;
    for (const [at, { sum, value }] of columns.entries()) {
      if (sum === true) this.#sums.push({ at, value, sum: 0 });
      else if (sum) this.#once.push({ at, value, key: sum, largest: new Map() });
    }
  }

  add(row: unknown): void {
    this.rows += 1;
    for (const one of this.#sums) one.sum += Number(one.value(row) ?? 0);
    for (const { value, key, largest } of this.#once) {
      const [name, amount] = [key(row), Number(value(row) ?? 0)];
      if (amount > (largest.get(name) ?? 0)) largest.set(name, amount);
    }
  }

  /** `합계 1,234건` under the first column that is not added up, or behind the last one. */
  cells(): (string | number | null)[] {
    const cells: (string | number | null)[] = new Array(this.#width).fill(null);
    for (const { at, sum } of this.#sums) cells[at] = sum;
    for (const { at, largest } of this.#once) {
      cells[at] = [...largest.values()].reduce((sum, amount) => sum + amount, 0);
    }
    const free = cells.indexOf(null);
    cells[free < 0 ? this.#width : free] = `합계 ${this.rows.toLocaleString('ko-KR')}건`;
    return cells;
  }
}
