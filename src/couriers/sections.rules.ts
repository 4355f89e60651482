import type { RowKind } from './matching.rules.ts';

/** The rows a person must look at come first, then what would be sent, then what needs nothing. */
export const sections: readonly { kinds: readonly RowKind[]; title: string }[] = [
  { kinds: ['ask_replace', 'ask_target', 'ask_number'], title: '골라 주세요' },
  { kinds: ['unmatched'], title: '찾지 못함' },
  { kinds: ['refused'], title: '읽지 못한 행' },
  { kinds: ['blocked'], title: '보낼 수 없음' },
  { kinds: ['send', 'replace'], title: '보낼 것' },
  { kinds: ['same', 'skipped'], title: '바뀌지 않음' },
];

/** The place of a row's section, and its title. */
export function sectionOf(kind: RowKind): { at: number; title: string } {
  const at = sections.findIndex(({ kinds }) => kinds.includes(kind));
  return { at, title: sections[at]!.title };
}
