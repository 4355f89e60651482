import { feed } from './feeding.ts';
import { limits } from './limits.ts';
import { tooMuch } from './refusals.ts';
import { unescapeControls } from './rows.ts';
import { TidyStrings } from './tidy-strings.ts';
import type { XmlListener } from './xml.ts';

/** The texts cells point to by number. */
export async function readSharedStrings(
  chunks: AsyncIterable<Buffer>,
  tidily: boolean,
): Promise<readonly string[]> {
  const table = new StringTable();
  const careful = new CarefulStrings(table);
  const tidy = tidily ? new TidyStrings(table) : undefined;
  for await (const _ of feed(chunks, { careful, tidy, frame: '<sst', item: '<si' }));
  return table.texts;
}

export class StringTable {
  texts: string[] = [];
  private characters = 0;

  add(text: string): void {
    this.characters += text.length;
    if (this.texts.length >= limits.sharedStrings || this.characters > limits.sharedCharacters) {
      throw tooMuch('글이 지나치게 많습니다.');
    }
    this.texts.push(unescapeControls(text));
  }
}

/** Joins the runs of each entry; what stands above them as a reading aid (`rPh`) is not part of the text. */
class CarefulStrings implements XmlListener {
  inside = false;
  private table: StringTable;
  private current = '';
  private capturing = false;
  private phonetics = 0;

  constructor(table: StringTable) {
    this.table = table;
  }

  open(name: string): void {
    if (name === 'sst') this.inside = true;
    else if (name === 'si') this.current = '';
    else if (name === 'rPh') this.phonetics += 1;
    else if (name === 't') this.capturing = this.phonetics === 0;
  }

  text(text: string): void {
    if (this.capturing) this.current += text;
    if (this.current.length > limits.token) throw tooMuch('한 칸의 글이 지나치게 깁니다.');
  }

  close(name: string): void {
    if (name === 't') this.capturing = false;
    else if (name === 'rPh') this.phonetics -= 1;
    else if (name === 'si') this.table.add(this.current);
    else if (name === 'sst') this.inside = false;
  }
}
