import { isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import iconv from 'iconv-lite';
import { damaged, FileRefused } from './refusals.ts';

type Charset = 'utf-8' | 'utf-16le' | 'utf-16be' | 'cp949';

const pieceSize = 256 * 1024;

/**
 * The text of a file, piece by piece. Nothing is guessed: what is not marked as something else and is not UTF-8 is
 * CP949, as Korean Windows writes it, and a character that cannot be read refuses the file. Node's own `euc-kr` is not
 * CP949: it loses most Hangul syllables.
 */
export async function* decode(bytes: Buffer): AsyncGenerator<{ text: string; done: number }> {
  const decoder = decoderOf(charsetOf(bytes));
  let line = 1;
  for (let at = 0; at < bytes.length; at += pieceSize) {
    const end = at + pieceSize;
    const text = decoder(bytes.subarray(at, end), end >= bytes.length);
    const broken = text.search(/[\0\ufffd]/);
    if (broken >= 0) throw unreadable(line + newlines(text.slice(0, broken)));
    line += newlines(text);
    yield { text, done: Math.min(end, bytes.length) };
    await setImmediate(); // whoever watches this process has a word in between
  }
}

function charsetOf(bytes: Buffer): Charset {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (!isUtf8(bytes)) return 'cp949';
  return saysKorean(bytes) && !/[가-힣]/.test(bytes.toString('utf8', 0, 1024 ** 2)) ? 'cp949' : 'utf-8';
}

/** True when a page or document says so itself; a few syllables of CP949 happen to be UTF-8 as well. */
function saysKorean(bytes: Buffer): boolean {
  const head = bytes.toString('latin1', 0, 4096);
  if (!head.trimStart().startsWith('<')) return false;
  const said = /(?:charset|encoding)\s*=\s*["']?([\w-]+)/i.exec(head)?.[1] ?? '';
  return /^(euc-?kr|ks_?c_?5601.*|cp-?949|ms949|windows-949|x-windows-949)$/i.test(said);
}

function decoderOf(charset: Charset): (bytes: Buffer, last: boolean) => string {
  if (charset === 'cp949') {
    const decoder = iconv.getDecoder('cp949');
    return (bytes, last) => decoder.write(bytes) + ((last && decoder.end()) || '');
  }
  const decoder = new TextDecoder(charset, { fatal: true });
  return (bytes, last) => {
    try {
      return decoder.decode(bytes, { stream: !last });
    } catch (error) {
      throw damaged(error); // only UTF-16 that was cut short: UTF-8 has been tried
    }
  };
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

const unreadable = (line: number) =>
  new FileRefused(
    `${line}번째 줄에 알아볼 수 없는 글자가 있습니다. 쇼핑몰에서 다시 내려받거나, 엑셀에서 열어 .xlsx로 저장한 뒤 올려 주세요.`,
  );
