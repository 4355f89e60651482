import type { Invariant } from '#lib/invariants.ts';
import { keysStand } from '#lib/invariants.ts';
import { isLocked, walk } from './verifying.ts';

export const invariants: readonly Invariant[] = [
  keysStand('personal.keys', '접속기록', {
    access_chain: ['seq', 'record_id'],
    access_subjects: ['subject_type,subject_id,record_id'],
    access_waiting: ['record_id'],
  }),
  {
    name: 'personal.chain',
    sentence: '개인정보 접속기록의 사슬이 끊기지 않았고, 고치거나 지운 기록이 없습니다.',
    async *find(snap) {
      const { problems } = await walk(snap);
      for (const words of problems) yield { words, href: '/access-records' };
    },
  },
  {
    name: 'personal.locks',
    sentence: '데이터베이스가 접속기록을 고치거나 지우지 못하게 막고 있습니다.',
    async *find(snap) {
      if (!(await isLocked(snap)))
        yield {
          words: '접속기록을 고치거나 지우지 못하게 하는 장치(트리거)가 없습니다.',
          href: '/access-records',
        };
    },
  },
];
