import type { DeliveryMethod } from '#orders';

/** How a mall spells one of our words; `sure: false` was never seen in the mall's own file and is shown as such. */
export interface Spelling {
  text: string;
  sure: boolean;
}

export const sure = (text: string): Spelling => ({ text, sure: true });
export const unsure = (text: string): Spelling => ({ text, sure: false });

/** Our names of the ways that are no parcel; they are spelt for a mall like couriers are. */
export const ways = ['직접전달', '퀵서비스', '방문수령'] as const;
export type Way = (typeof ways)[number];

export const wayOf: Partial<Record<DeliveryMethod, Way>> = {
  direct: '직접전달',
  quick: '퀵서비스',
  pickup: '방문수령',
};

/** One line as its mall is told of it. */
export interface ToldLine {
  lineNo: string;
  orderNo: string;
  bundleNo: string;
  byCourier: boolean;
  /** The mall's spelling of the courier, or of the way when no courier brings it. */
  word: string;
  trackingNo: string;
  /** The tracking number is this line's alone, not that of its whole box. */
  splits: boolean;
  recipientName: string;
  recipientPhone: string;
  /** The cell under the first of these headers that the line's own file has; '' when there is none. */
  own(...headers: string[]): string;
}

/** What one mall takes as its dispatch file. Adding a mall is adding one of these. */
export interface DispatchFormat {
  /** The `layout` of the mall's channels. */
  mall: string;
  sheet: string;
  container: 'xlsx' | 'xls';
  /** All columns of the file; undefined gives back the columns of the file in which the lines came. */
  columns?: readonly string[];
  /** Columns of its own file without which the mall would not know the line again. */
  keys: readonly string[];
  /** The cells that are ours to fill, by header. */
  cells(line: ToldLine): Readonly<Record<string, string>>;
  /** A row that stands above the header in the mall's file. */
  title?: string;
  /** The row under the header in the mall's file, which tells what may be changed. */
  helper?(column: string): string;
  /** Names, phones or addresses stand in the file: who takes it says why. */
  personal: boolean;
  /** One tracking number a box (the bundle number), unless its lines are sent apart. */
  boxes?: boolean;
  /** A line that no courier brings has to have a number in the mall's file all the same. */
  numberWithoutCourier?(line: Pick<ToldLine, 'orderNo'>): string;
  /** What the clerk should know before uploading the file. */
  note?: string;
  spellings: Readonly<Record<string, Spelling>>;
}
