import type { StringTable } from './shared-strings.ts';
import { TidyScanner, tag } from './tidy-scanner.ts';

/** Takes plainly written entries out of the shared strings: one text each, no runs of different looks. */
export class TidyStrings extends TidyScanner {
  private table: StringTable;

  constructor(table: StringTable) {
    super();
    this.table = table;
  }

  protected item(): boolean {
    if (!this.skip(tags.entry) || !this.skip(tags.text) || !this.plainAttributes()) return false;
    const text = this.closed ? '' : this.text();
    if (text === undefined || (!this.closed && !this.skip(tags.textEnd))) return false;
    if (this.skip(tags.phonetic) && !(this.plainAttributes() && this.closed)) return false;
    if (!this.skip(tags.entryEnd)) return false;
    this.skipSpace();
    this.table.add(text);
    return true;
  }
}

const tags = {
  entry: tag('<si>'),
  entryEnd: tag('</si>'),
  text: tag('<t'),
  textEnd: tag('</t>'),
  // Korean Excel writes this after every text, though it says nothing.
  phonetic: tag('<phoneticPr'),
};
