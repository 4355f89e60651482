import { createHmac } from 'node:crypto';

/** A record as it stands in the database; its hash covers all of it. */
export interface AccessRecord {
  id: number;
  at: Date;
  actor_id: number | null;
  actor_name: string;
  address: string;
  request_id: string | null;
  path: string;
  kind: string;
  subject_type: string;
  subject_id: number | null;
  people: number;
  detail: string;
  reason: string;
  /** `order:12`, joined by commas: every record whose people were seen. */
  subjects: string;
}

export const firstHash = Buffer.alloc(32);

/** SHA-256 over a record and the hash before it, with a key: whoever has only the database cannot make a new chain. */
export function hashOf(key: Buffer, previous: Buffer, seq: number, record: AccessRecord): Buffer {
  const content = JSON.stringify([
    seq,
    record.id,
    record.at.getTime(),
    record.actor_id,
    record.actor_name,
    record.address,
    record.request_id,
    record.path,
    record.kind,
    record.subject_type,
    record.subject_id,
    record.people,
    record.detail,
    record.reason,
    record.subjects,
  ]);
  return createHmac('sha256', key).update(previous).update(content).digest();
}

/** Where the chain begins once what came before has been destroyed. */
export interface ChainStart {
  /** The last link that was destroyed, and its hash. */
  seq: number;
  hash: Buffer;
  /** When the youngest record that was destroyed had been written. */
  until: Date;
  records: number;
  destroyed_at: Date;
  proof: Buffer;
}

/** That we destroyed this: whoever has only the database cannot cut the beginning off and call it destroyed. */
export function proofOf(key: Buffer, start: Omit<ChainStart, 'proof'>): Buffer {
  const content = JSON.stringify([
    'start',
    start.seq,
    start.hash.toString('hex'),
    start.until.getTime(),
    start.records,
    start.destroyed_at.getTime(),
  ]);
  return createHmac('sha256', key).update(content).digest();
}
