/** As much of YAML as our deploy files use; whatever else it meets is an error, as it would be for a reader of ours. */
export type Yaml = string | Yaml[] | { [key: string]: Yaml };

interface Line {
  at: number;
  indent: number;
  text: string;
}

export function parseYaml(source: string): Yaml {
  const lines = source.split('\n').flatMap((raw, at): Line[] => {
    if (raw.includes('\t')) throw new Error(`line ${at + 1}: a tab`);
    const text = raw.replace(/(^|\s)#.*$/, '').trimEnd();
    return text.trim() === ''
      ? []
      : [{ at: at + 1, indent: text.length - text.trimStart().length, text: text.trim() }];
  });
  const reader = { lines, next: 0 };
  const value = readBlock(reader, lines[0]?.indent ?? 0);
  if (reader.next < lines.length)
    throw new Error(`line ${lines[reader.next]!.at}: indented like nothing above`);
  return value;
}

function readBlock(reader: { lines: Line[]; next: number }, indent: number): Yaml {
  const first = reader.lines[reader.next];
  if (!first || first.indent !== indent) throw new Error(`line ${first?.at}: wrong indent`);
  return first.text.startsWith('- ') ? readList(reader, indent) : readMap(reader, indent);
}

function readList(reader: { lines: Line[]; next: number }, indent: number): Yaml[] {
  const list: Yaml[] = [];
  for (let line = reader.lines[reader.next]; line?.indent === indent; line = reader.lines[reader.next]) {
    if (!line.text.startsWith('- ')) throw new Error(`line ${line.at}: no item of the list above`);
    const rest = line.text.slice(2).trim();
    if (!isPair(rest)) {
      list.push(scalar(rest, line.at));
      reader.next++;
      continue;
    }
    reader.lines[reader.next] = { ...line, indent: indent + 2, text: rest };
    list.push(readMap(reader, indent + 2));
  }
  return list;
}

function readMap(reader: { lines: Line[]; next: number }, indent: number): { [key: string]: Yaml } {
  const map: { [key: string]: Yaml } = {};
  for (let line = reader.lines[reader.next]; line?.indent === indent; line = reader.lines[reader.next]) {
    const [, key, rest] = /^("[^"]+"|[\w.<-]+):(?:\s+(.*))?$/.exec(line.text) ?? [];
    if (!key) throw new Error(`line ${line.at}: no key`);
    if (key in map) throw new Error(`line ${line.at}: ${key} twice`);
    reader.next++;
    const inner = reader.lines[reader.next];
    const isAnchor = rest === undefined || rest.startsWith('&');
    const opens =
      isAnchor &&
      inner &&
      (inner.indent > indent || (inner.indent === indent && inner.text.startsWith('- ')));
    map[key] = opens ? readBlock(reader, inner.indent) : scalar(rest ?? '', line.at);
  }
  return map;
}

function isPair(text: string): boolean {
  return /^[\w.-]+:(\s|$)/.test(text);
}

function scalar(text: string, at: number): Yaml {
  if (text.startsWith('[') || text === '{}') return JSON.parse(text) as Yaml;
  if (/^["']/.test(text)) {
    if (text.at(-1) !== text[0] || text.length < 2) throw new Error(`line ${at}: an open quote`);
    return text.slice(1, -1);
  }
  if (/^[&%@`{|>!]/.test(text) || text.includes(': ')) throw new Error(`line ${at}: ${text}`);
  return text;
}
