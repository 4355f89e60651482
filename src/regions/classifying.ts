import type { RegionBook } from './book.rules.ts';
import { classifyPostcode } from './postcode.rules.ts';

const header = 'input,status,postcode,sido,sigungu\n';

/**
 * One CSV line for each line of the input, the empty ones too; the newline that ends the file begins no line.
 * Streams: a million lines pass through without being held.
 */
export async function* classifyCsv(
  input: AsyncIterable<string | Uint8Array>,
  book: RegionBook,
): AsyncGenerator<string> {
  yield header;
  let rest = '';
  for await (const text of decoded(input)) {
    const lines = text.split('\n');
    lines[0] = rest + lines[0];
    rest = lines.pop() ?? '';
    if (lines.length > 0) yield lines.map((line) => csvLine(line, book)).join('');
  }
  if (rest !== '') yield csvLine(rest, book);
}

async function* decoded(input: AsyncIterable<string | Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of input) {
    yield typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}

function csvLine(line: string, book: RegionBook): string {
  const { input, status, postcode, sido, sigungu } = classifyPostcode(line.replace(/\r$/, ''), book);
  return `${[input, status, postcode, sido, sigungu].map(quoted).join(',')}\n`;
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
