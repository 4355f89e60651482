import { type Claim, claims } from '#orders';
import type { Layout, MallStatus, Meaning, Standing, Ways, WordField } from './layout.ts';
import type { RowCells } from './row-cells.ts';

/** What a row says of where its line stands, in the mall's words and in ours; wrong words are faults of the row. */
export function readStanding(row: RowCells, layout: Layout, ways: Ways) {
  const mallStatus = row.text('status', 30);
  if (!mallStatus && row.isNeeded('status')) row.empty('status');
  const mallDetail = row.text('detail', 30);
  const [acknowledgedAt, dispatchedAt] = [row.moment('acknowledgedAt'), row.moment('dispatchedAt')];
  const told = { mallStatus, mallDetail, acknowledgedAt, dispatchedAt };
  const meaning = mallStatus ? statusMeaning(row, layout, ways, mallStatus) : undefined;
  if (mallStatus && !meaning && !ways.lenient) return { ...told, standing: anyStanding };
  const said = {
    status: isClaim(meaning) ? undefined : meaning,
    claim: isClaim(meaning) ? meaning : undefined,
    detail: mallDetail,
    partial: row.text('quantityClaim', 30) === 'Y' && row.raw('quantity') !== '0',
    acknowledged: Boolean(acknowledgedAt),
    dispatched: Boolean(dispatchedAt),
    delivered: Boolean(row.moment('deliveredAt')),
    confirmed: Boolean(row.moment('confirmedAt')),
  };
  const standing = decidedDetail(row, ways, mallDetail, said.status) ?? layout.standing(said);
  if (!standing && !ways.lenient) {
    const reason = '처음 보는 주문세부상태입니다. 뜻을 정하면 이 행도 들어옵니다.';
    row.fault('detail', reason, { field: 'detail', word: mallDetail! });
  }
  return { ...told, standing: standing ?? (ways.lenient ? noStanding : anyStanding) };
}

/** Undefined, with a fault, for a word that nobody has explained or that is to be left out. */
function statusMeaning(
  row: RowCells,
  layout: Layout,
  ways: Ways,
  word: string,
): Exclude<Meaning, 'plain' | 'ignored'> | undefined {
  const meaning = ways.words.status.get(word) ?? wordIn(layout.statuses, word.replace(/\s+/g, ''));
  if (ways.lenient && (meaning === undefined || meaning === 'ignored')) return undefined;
  if (meaning === 'ignored') leaveOut(row, 'status');
  else if (meaning === undefined || meaning === 'plain') {
    const reason = '처음 보는 주문상태입니다. 뜻을 정하면 이 행도 들어옵니다.';
    row.fault('status', reason, { field: 'status', word });
  } else return meaning;
  return undefined;
}

/** What a person said the detail means, when a person had to say it. */
function decidedDetail(
  row: RowCells,
  ways: Ways,
  word: string | undefined,
  status: MallStatus | undefined,
): Standing | undefined {
  const meaning = word ? ways.words.detail.get(word) : undefined;
  if (meaning === undefined) return undefined;
  if (meaning === 'ignored' && !ways.lenient) leaveOut(row, 'detail');
  if (meaning === 'plain' || meaning === 'ignored') return { status, claim: null };
  return isClaim(meaning) ? { status, claim: meaning } : { status: meaning, claim: null };
}

function leaveOut(row: RowCells, column: WordField): void {
  row.fault(column, '가져오지 않기로 정한 말입니다.');
}

function isClaim(meaning: Meaning | undefined): meaning is Claim {
  return meaning !== undefined && (claims as readonly string[]).includes(meaning);
}

/** Only what the layout names: a file may say `constructor`. */
export function wordIn<T>(words: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(words, word) ? words[word] : undefined;
}

/** Stands in for what could not be read, in a row that is rejected for it. */
const anyStanding: Standing = { status: 'cancelled', claim: null };

const noStanding: Standing = { status: undefined, claim: undefined };
