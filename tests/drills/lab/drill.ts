import type { Need } from '../../../bin/system-packages.ts';
import type { Lab } from './lab.ts';

/** One thing that goes wrong on purpose, and what must be true meanwhile and afterwards. */
export interface Drill {
  /** What is done to whom, in a sentence. */
  title: string;
  /** What the machine must have besides MariaDB and Redis. */
  needs?: readonly Need[];
  /** Runs in a network of its own, where zones can be cut off; without one it reaches the machine's. */
  ownNetwork?: boolean;
  /** Does it in seconds when `lab.quick`: bin/test runs it so. */
  quick?: boolean;
  run(lab: Lab): Promise<Measure[]>;
}

/** What came out; without a bar it is only told. */
export interface Measure {
  /** `session operations back`, `acknowledged sign-ins lost` */
  what: string;
  value: number;
  unit?: string;
  atMost?: number;
  atLeast?: number;
}

export function isMissed({ value, atMost, atLeast }: Measure): boolean {
  if (!Number.isFinite(value)) return true; // what never came back has missed its bar
  return (atMost !== undefined && value > atMost) || (atLeast !== undefined && value < atLeast);
}

/** Cannot be done on this machine; says why. The drill counts as skipped. */
export class CannotBeDone extends Error {
  override name = 'CannotBeDone';
}
