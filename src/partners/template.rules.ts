import { type FieldKey, type Format, fields, formats, isFieldKey } from './fields.rules.ts';

/** One column of a sheet: a field of the line, or the same text in every row. */
export type Column =
  | { title: string; format: Format; field: FieldKey }
  | { title: string; format: 'text' | 'number'; constant: string };

/** What a partner's sheet looks like. */
export interface Template {
  /** The large line at the top; '' leaves it out. */
  title: string;
  /** Lines between title and columns; words in braces are filled in. */
  heading: string[];
  split: 'none' | 'product';
  columns: Column[];
}

export const mostColumns = 60;
export const mostHeadingLines = 8;

/** What `{…}` in the title and heading may say. */
export const headingWords = [
  '발주번호',
  '발주일',
  '협력사',
  '담당자',
  '보낸이',
  '상품',
  '건수',
  '수량',
] as const;
export type HeadingWord = (typeof headingWords)[number];

/** The 27 columns a partner gets until somebody arranges them otherwise. */
const defaultFields: readonly FieldKey[] = [
  'number',
  'day',
  'position',
  'row_kind',
  'channel',
  'order_no',
  'line_no',
  'product',
  'option',
  'kind',
  'quantity',
  'recipient_name',
  'recipient_phone',
  'recipient_phone2',
  'postcode',
  'address',
  'address_detail',
  'sido',
  'sigungu',
  'memo',
  'method',
  'ordered_on',
  'ship_by',
  'wished_on',
  'amount',
  'buyer_name',
  'bundle_no',
];

export const defaultTemplate: Template = {
  title: '발주서',
  heading: [
    '수신: {협력사} {담당자}',
    '발주번호 {발주번호} · 발주일 {발주일} · {건수}건 · 수량 {수량} · 보낸이 {보낸이}',
  ],
  split: 'none',
  columns: defaultFields.map(columnOf),
};

/** A column that shows a field under the field's own name. */
export function columnOf(field: FieldKey): Column {
  return { title: fields[field].name, field, format: fields[field].type === 'number' ? 'number' : 'text' };
}

/** What the editor's form says, as it was typed: the lists run alongside each other, an entry for each column. */
export interface TypedTemplate {
  title: string;
  heading: string;
  split: string;
  titles: readonly string[];
  sources: readonly string[];
  constants: readonly string[];
  formats: readonly string[];
}

/** The source that means a text of one's own. */
export const constantSource = 'constant';

/** The template that was typed, as good as it can be told, and what is wrong with it, by field. */
export function readTemplate(typed: TypedTemplate): { template: Template; errors: Record<string, string> } {
  const errors: Record<string, string> = {};
  const title = clean(typed.title);
  const heading = typed.heading.split(/\r?\n/).map(clean).filter(Boolean);
  const columns = typed.sources.map((source, at) => readColumn(typed, source, at, errors));

  if (title.length > 100) errors.title = '제목은 100자까지 적을 수 있습니다.';
  if (heading.length > mostHeadingLines)
    errors.heading = `머리글은 ${mostHeadingLines}줄까지 적을 수 있습니다.`;
  if (heading.some((line) => line.length > 300))
    errors.heading = '머리글 한 줄은 300자까지 적을 수 있습니다.';
  const unknownTitle = unknownWord([title]);
  if (unknownTitle) errors.title ??= unknownTitle;
  const unknownHeading = unknownWord(heading);
  if (unknownHeading) errors.heading ??= unknownHeading;
  if (columns.length === 0) errors.columns = '열이 하나는 있어야 합니다.';
  if (columns.length > mostColumns) errors.columns = `열은 ${mostColumns}개까지 둘 수 있습니다.`;

  const split = typed.split === 'product' ? 'product' : 'none';
  return { template: { title, heading, split, columns: columns.slice(0, mostColumns) }, errors };
}

function readColumn(
  typed: TypedTemplate,
  source: string,
  at: number,
  errors: Record<string, string>,
): Column {
  const wrong = (message: string) => {
    errors[`column_${at}`] ??= message;
  };
  const title = clean(typed.titles[at] ?? '');
  const format = formats.find((known) => known === typed.formats[at]) ?? 'text';
  if (title === '') wrong('열 제목을 적어 주세요.');
  if (title.length > 50) wrong('열 제목은 50자까지 적을 수 있습니다.');

  if (isFieldKey(source)) {
    const { type, name } = fields[source];
    if (format === 'number' && type !== 'number')
      wrong(`‘${name}’은 숫자로 쓸 수 없습니다. 글자로 골라 주세요.`);
    return { title, field: source, format };
  }
  if (source !== constantSource) wrong('열에 넣을 값을 골라 주세요.');
  const constant = clean(typed.constants[at] ?? '');
  if (constant.length > 200) wrong('정한 글은 200자까지 적을 수 있습니다.');
  if (format === 'number' && !/^-?\d{1,15}(\.\d{1,6})?$/.test(constant))
    wrong('숫자로 쓸 열에는 숫자를 적어 주세요.');
  return { title, constant, format: format === 'number' ? 'number' : 'text' };
}

function unknownWord(lines: readonly string[]): string | undefined {
  const used = lines.flatMap((line) => [...line.matchAll(/\{([^{}]*)\}/g)].map(([, word]) => word!));
  const unknown = used.find((word) => !(headingWords as readonly string[]).includes(word));
  return unknown === undefined
    ? undefined
    : `{${unknown}}은 채울 수 없는 말입니다. ${headingWords.map((word) => `{${word}}`).join(' ')} 가운데에서 써 주세요.`;
}

/** Fills the braces of a title or heading line. */
export function fillWords(line: string, words: Record<HeadingWord, string>): string {
  return line
    .replace(/\{([^{}]*)\}/g, (whole, word: string) =>
      Object.hasOwn(words, word) ? words[word as HeadingWord] : whole,
    )
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** The form of the editor for a template. */
export function typedOf(template: Template): TypedTemplate {
  return {
    title: template.title,
    heading: template.heading.join('\n'),
    split: template.split,
    titles: template.columns.map((column) => column.title),
    sources: template.columns.map((column) => ('field' in column ? column.field : constantSource)),
    constants: template.columns.map((column) => ('constant' in column ? column.constant : '')),
    formats: template.columns.map((column) => column.format),
  };
}

/** `add`, or `up:3`, `down:3`, `remove:3`: what the editor's buttons do with the columns. */
export function rearranged(typed: TypedTemplate, act: string): TypedTemplate {
  const order = typed.sources.map((_source, at) => at);
  const [verb = '', place = ''] = act.split(':');
  const at = /^\d{1,3}$/.test(place) ? Number(place) : -1;
  if (verb === 'add') {
    return {
      ...typed,
      titles: [...typed.titles, ''],
      sources: [...typed.sources, constantSource],
      constants: [...typed.constants, ''],
      formats: [...typed.formats, 'text'],
    };
  }
  if (!order.includes(at)) return typed;
  if (verb === 'remove') order.splice(at, 1);
  const other = verb === 'up' ? at - 1 : verb === 'down' ? at + 1 : -1;
  if (order.includes(other)) [order[at], order[other]] = [other, at];
  const arrange = (texts: readonly string[]) => order.map((place) => texts[place] ?? '');
  return {
    ...typed,
    titles: arrange(typed.titles),
    sources: arrange(typed.sources),
    constants: arrange(typed.constants),
    formats: arrange(typed.formats),
  };
}

function clean(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
}
