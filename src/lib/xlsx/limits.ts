/** What an honest order file never reaches and a hostile one must not pass. */
export const limits = {
  fileBytes: 50 * 1024 * 1024,
  parts: 200,
  /** Of all parts together. */
  unpackedBytes: 2 * 1024 ** 3,
  /** Honest sheets pack 8 to 15 times; a bomb hundreds. Small parts may repeat themselves. */
  packingRatio: 100,
  smallPart: 2 * 1024 ** 2,
  rows: 1_048_576,
  columns: 16_384,
  /** Columns with a value anywhere. */
  valuedColumns: 300,
  cells: 40_000_000,
  sharedStrings: 2_500_000,
  sharedCharacters: 50_000_000,
  /** One text, tag or comment. Excel itself stops at 32,767. */
  token: 1024 ** 2,
  rowCharacters: 8 * 1024 ** 2,
  /** Parts read as a whole: relations, sheet names, styles. */
  smallPartBytes: 16 * 1024 ** 2,
  depth: 64,
  /** Tags one inside another in a web page, many of which are never closed. */
  htmlDepth: 256,
  /** Rounds of hashing a locked file may ask for; Excel asks for 100,000. */
  spinCount: 200_000,
} as const;
