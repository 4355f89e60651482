import type { AccessKind } from '#lib/access.ts';

export const kindNames: Record<AccessKind, string> = {
  view: '열람',
  reveal: '가림 해제',
  search: '검색',
  print: '출력',
  export: '내보내기',
  change: '수정',
};

export const kindTones: Record<AccessKind, string> = {
  view: 'neutral',
  reveal: 'amber',
  search: 'blue',
  print: 'violet',
  export: 'red',
  change: 'teal',
};

/** What people call a record, and where its page is. */
const subjects: Record<string, { name: string; path?: string }> = {
  order: { name: '주문', path: '/orders' },
  delivery: { name: '배송', path: '/deliveries' },
  import: { name: '가져오기', path: '/imports' },
  print_run: { name: '출력 회차', path: '/deliveries/prints' },
  courier_run: { name: '택배 파일', path: '/couriers/runs' },
  courier_result: { name: '송장 결과', path: '/couriers/results' },
  partner_sheet: { name: '발주서', path: '/partners/sheets' },
  dispatch_file: { name: '발송처리 파일' },
  download: { name: '다운로드' },
};

export interface NamedSubject {
  label: string;
  href?: string;
}

/** `order:12` as a person says it. */
export function nameSubject(key: string): NamedSubject {
  const [type = '', id = ''] = key.split(':');
  const known = subjects[type];
  if (!known) return { label: key };
  return { label: `${known.name} ${id}`, ...(known.path ? { href: `${known.path}/${id}` } : {}) };
}

/** '주문 12', or '주문 37건' where there are many: what stands in one cell. */
export function subjectWords(record: { subjects: string; subject_type: string }): NamedSubject {
  const keys = record.subjects === '' ? [] : record.subjects.split(',');
  if (keys.length === 1) return nameSubject(keys[0]!);
  if (record.subject_type !== '' && keys[0]?.startsWith(`${record.subject_type}:`)) {
    const same = keys.filter((key) => key.startsWith(`${record.subject_type}:`));
    if (same.length === 1) return nameSubject(same[0]!);
  }
  const name = subjects[record.subject_type]?.name;
  if (!name) return { label: '' };
  return { label: keys.length > 0 ? `${name} ${keys.length.toLocaleString('ko-KR')}건` : name };
}

/** What was typed into the search box. */
export type Sought =
  | { kind: 'address'; text: string }
  | { kind: 'request'; text: string }
  | { kind: 'subject'; subject: { type: string; id: number } }
  /** Of an order or a line. */
  | { kind: 'number'; text: string }
  | { kind: 'text'; text: string };

export function readSought(text: string): Sought {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text) || /^[\da-f]*:[\da-f:]+$/i.test(text))
    return { kind: 'address', text: text.toLowerCase() };
  if (/^[\da-f]{8}-[\da-f-]{27}$/i.test(text) || /^job-\d+$/.test(text)) return { kind: 'request', text };
  const named = /^(\S+(?: \S+)?) (\d{1,15})$/.exec(text);
  const type = Object.keys(subjects).find((known) => subjects[known]!.name === named?.[1]);
  if (type) return { kind: 'subject', subject: { type, id: Number(named![2]) } };
  if (/^[\dA-Za-z-]{6,40}$/.test(text) && /\d/.test(text)) return { kind: 'number', text };
  return { kind: 'text', text };
}
