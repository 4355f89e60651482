/**
 * For how many days what is personal of a record is kept, beside the order itself: all clocks in one place. The record
 * stays, without people; `retention.destroy` does it each night.
 */
export const keptDays = {
  /** A courier's file whose password nobody said. */
  lockedResults: 7,
  /** Who a courier's result named. */
  courierResults: 90,
  /** The rows of an import that was not applied, or was undone. */
  unusedImports: 90,
  /** The mall's own columns, and what an import changed in whom. */
  imports: 365,
  /** What stood on paper. */
  printRuns: 365,
  /** What a partner was told. Partners hear of changes for 180 days, so it must be more than that. */
  partnerSheets: 365,
} as const;

/** Two years, and two days: the database counts by its own clock and refuses to give up anything younger. */
export const accessKeptDays = 2 * 365 + 2;
