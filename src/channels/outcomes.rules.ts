import type { ContentField, Value } from '#orders';
import type { ChangeRecord, Outcome, StagedRow } from './tables.ts';

/** What a staged row does to its line. */
export function outcomeOf({ kind, changes }: Pick<StagedRow, 'kind' | 'changes'>): Outcome {
  const record = changes ? (JSON.parse(changes) as ChangeRecord) : { changes: [], kept: [] };
  return { kind, changes: record.changes, kept: record.kept };
}

/** Whether two comparisons of a row come to the same, cell by cell. */
export function sameOutcome(a: Outcome, b: Outcome): boolean {
  return a.kind === b.kind && sameCells(a.changes, b.changes) && sameCells(a.kept, b.kept);
}

interface Cell {
  field: ContentField;
  before: Value;
  after: Value;
}

function sameCells(a: readonly Cell[], b: readonly Cell[]): boolean {
  return (
    a.length === b.length &&
    a.every((cell, at) => {
      const other = b[at]!;
      return cell.field === other.field && cell.before === other.before && sameAfter(cell, other);
    })
  );
}

/** An option nobody has seen yet is 0 in a proposal and has its number once it is known: no difference to a person. */
function sameAfter(a: Cell, b: Cell): boolean {
  if (a.after === b.after) return true;
  return a.field === 'channel_option_id' && (a.after === 0 || b.after === 0);
}

/** What to keep of the row's first outcome: null where it has come back to it. */
export function movedText(
  staged: Pick<StagedRow, 'kind' | 'changes' | 'moved'>,
  now: Outcome,
): string | null {
  const first = staged.moved ? (JSON.parse(staged.moved) as Outcome) : outcomeOf(staged);
  return sameOutcome(first, now) ? null : JSON.stringify(first);
}

/** How many rows went from one kind to another. */
export interface Movement {
  from: Outcome['kind'];
  to: Outcome['kind'];
  rows: number;
}

/** What moved, a sentence for each way, the most frequent first. */
export function movementsInWords(movements: readonly Movement[]): string[] {
  return movements.toSorted((a, b) => b.rows - a.rows).map(movementInWords);
}

function movementInWords({ from, to, rows }: Movement): string {
  const n = rows.toLocaleString('ko-KR');
  if (to === 'conflict') return `${n}건은 그사이 사람이 고치거나 더 나아가 ‘확인 필요’가 되었습니다.`;
  if (to === 'waiting') return `${n}건은 그사이 주문이 없어져 ‘주문 기다림’이 되었습니다.`;
  if (from === 'waiting') return `${n}건은 기다리던 주문이 들어왔습니다.`;
  if (to === 'new') return `${n}건은 그사이 주문이 없어져 ‘새 주문’이 되었습니다.`;
  if (from === 'new') {
    const name = to === 'same' ? '같음' : '바뀜';
    return `새 주문 ${n}건이 그사이 들어와 ‘${name}’이 되었습니다.`;
  }
  if (to === 'same') return `바뀔 ${n}건이 그사이 파일과 같은 값이 되어 ‘같음’이 되었습니다.`;
  if (from === to) return `${n}건은 그사이 값이 달라져 바뀌는 칸이 다릅니다.`;
  return `${n}건은 그사이 다른 값이 되어 ‘바뀜’이 되었습니다.`;
}
