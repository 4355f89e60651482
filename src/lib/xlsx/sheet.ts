import { CarefulRows } from './careful-rows.ts';
import { feed } from './feeding.ts';
import type { Row, RowBuilder } from './rows.ts';
import { TidyRows } from './tidy-rows.ts';

/** The rows of a sheet's XML, as they come in. */
export async function* readSheet(
  chunks: AsyncIterable<Buffer>,
  builder: RowBuilder,
  tidily: boolean,
): AsyncGenerator<Row> {
  const careful = new CarefulRows(builder);
  const tidy = tidily ? new TidyRows(builder) : undefined;
  for await (const _ of feed(chunks, { careful, tidy, frame: '<sheetData', item: '<row' })) {
    if (builder.rows.length > 0) yield* builder.take();
  }
}
