/** A line as the model holds it: what happened to it, the newest last. */
interface Entry {
  /** The import that wrote it; undefined for a hand. */
  importId?: number;
  memo: string;
  held: boolean;
}

/** What an import may say of a row. */
export interface Expected {
  kind: 'new' | 'changed' | 'same';
}

/**
 * What imports, hands and undos come to, as one would explain it: each line is a pile of what happened to it. An
 * import lays on top what it changes, a hand as well, and an undo takes off what lies on top and is its own.
 */
export class Model {
  readonly #lines = new Map<string, Entry[]>();
  readonly #written = new Map<number, string[]>();

  /** Applies a file that says these memos; returns what each row comes to. */
  apply(importId: number, memos: ReadonlyMap<string, string>): Map<string, Expected['kind']> {
    const kinds = new Map<string, Expected['kind']>();
    const written: string[] = [];
    for (const [lineNo, memo] of memos) {
      const pile = this.#lines.get(lineNo) ?? [];
      const top = pile.at(-1);
      const kind = !top ? 'new' : top.memo === memo ? 'same' : 'changed';
      kinds.set(lineNo, kind);
      if (kind === 'same') continue;
      this.#lines.set(lineNo, [...pile, { importId, memo, held: top?.held ?? false }]);
      written.push(lineNo);
    }
    this.#written.set(importId, written);
    return kinds;
  }

  /** Holds a line, or lets it go. */
  toggle(lineNo: string): void {
    const pile = this.#lines.get(lineNo)!;
    const top = pile.at(-1)!;
    this.#lines.set(lineNo, [...pile, { memo: top.memo, held: !top.held }]);
  }

  /** The lines that undoing would leave: something else lies on top of what the import wrote. */
  touchedSince(importId: number): string[] {
    return this.#written
      .get(importId)!
      .filter((lineNo) => this.#lines.get(lineNo)!.at(-1)!.importId !== importId);
  }

  untouchedSince(importId: number): string[] {
    return this.#written
      .get(importId)!
      .filter((lineNo) => this.#lines.get(lineNo)!.at(-1)!.importId === importId);
  }

  /** The import or hand that touched a line last. */
  lastTouch(lineNo: string): number | 'hand' {
    return this.#lines.get(lineNo)!.at(-1)!.importId ?? 'hand';
  }

  undo(importId: number): void {
    for (const lineNo of this.untouchedSince(importId)) {
      const pile = this.#lines.get(lineNo)!.slice(0, -1);
      if (pile.length > 0) this.#lines.set(lineNo, pile);
      else this.#lines.delete(lineNo);
    }
    this.#written.delete(importId);
  }

  isHeld(lineNo: string): boolean {
    return this.#lines.get(lineNo)?.at(-1)?.held ?? false;
  }

  has(lineNo: string): boolean {
    return this.#lines.has(lineNo);
  }

  undoable(): number[] {
    return [...this.#written.keys()];
  }

  /** Line number, memo and whether it is held, sorted. */
  content(): [string, string, boolean][] {
    return [...this.#lines]
      .map(([lineNo, pile]): [string, string, boolean] => [lineNo, pile.at(-1)!.memo, pile.at(-1)!.held])
      .sort(([a], [b]) => a.localeCompare(b));
  }
}
