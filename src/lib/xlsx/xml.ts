import { SaxesParser } from 'saxes';
import { limits } from './limits.ts';
import { ownCopy } from './own-copy.ts';
import { damaged, FileRefused, tooMuch } from './refusals.ts';

export type Attributes = Readonly<Record<string, string>>;

/** What a reader of XML wants to hear. Names come without their prefix. */
export interface XmlListener {
  open(name: string, attributes: Attributes): void;
  close?(name: string): void;
  text?(text: string): void;
}

/** Reads XML text with saxes; refuses what is not well-formed, declares entities, or grows without bound. */
export class XmlTextReader {
  protected parser = new SaxesParser();
  private depth = 0;
  /** Characters taken in since the parser last had something to tell: what it must be holding. */
  private held = 0;

  constructor(listener: XmlListener) {
    const { parser } = this;
    parser.on('error', (error) => {
      throw damaged(error);
    });
    parser.on('doctype', refuseEntities);
    parser.on('opentag', ({ name, attributes }) => {
      this.held = 0;
      this.depth += 1;
      if (this.depth > limits.depth) throw damaged();
      listener.open(localName(name), attributes as Record<string, string>);
    });
    parser.on('closetag', ({ name }) => {
      this.held = 0;
      this.depth -= 1;
      listener.close?.(localName(name));
    });
    if (listener.text) {
      parser.on('text', (text) => listener.text!(ownCopy(text)));
      parser.on('cdata', (text) => listener.text!(ownCopy(text)));
    }
  }

  write(text: string): void {
    this.held += text.length;
    this.parser.write(text);
    if (this.held > limits.token) throw tooMuch('한 칸의 글이 지나치게 깁니다.');
  }

  /** Refuses a document that was cut short. */
  end(): void {
    this.parser.close();
  }
}

/** Reads XML in UTF-8, as the parts of a workbook are. */
export class XmlReader {
  private reader: PartReader;
  private decoder = new TextDecoder('utf-8', { fatal: true });

  constructor(listener: XmlListener) {
    this.reader = new PartReader(listener);
  }

  write(bytes: Uint8Array): void {
    this.reader.write(this.decode(bytes));
  }

  end(): void {
    this.reader.end();
  }

  private decode(bytes: Uint8Array): string {
    try {
      return this.decoder.decode(bytes, { stream: true });
    } catch (error) {
      throw damaged(error);
    }
  }
}

class PartReader extends XmlTextReader {
  constructor(listener: XmlListener) {
    super(listener);
    this.parser.on('xmldecl', ({ encoding }) => {
      if (encoding && !/^utf-?8$/i.test(encoding)) throw damaged();
    });
  }
}

/** Reads a whole part at once. */
export function readXml(bytes: Uint8Array, listener: XmlListener): void {
  const reader = new XmlReader(listener);
  reader.write(bytes);
  reader.end();
}

/** An attribute by its name without prefix: `id` finds `r:id`. */
export function attribute(attributes: Attributes, name: string): string | undefined {
  if (name in attributes) return attributes[name];
  const prefixed = Object.keys(attributes).find((each) => each.endsWith(`:${name}`));
  return prefixed && attributes[prefixed];
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

function refuseEntities(): never {
  throw new FileRefused(
    '엑셀이 만들지 않는 선언(DOCTYPE)이 든 파일이라 읽지 않습니다. 원본 파일을 올려 주세요.',
  );
}
