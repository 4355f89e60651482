import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFakeTime } from '../../../bin/installed-programs.ts';
import type { Settings } from './app.ts';
import { CannotBeDone } from './drill.ts';
import type { Lab } from './lab.ts';

/** A clock of its own for the programs that are started with these settings. Their steady counters stay right. */
export interface WrongClock {
  settings: Settings;
  /** From about a second later on it is so many seconds ahead; 0 is right. */
  setAhead(seconds: number): void;
}

export function openWrongClock(lab: Lab, name: string, seconds = 0): WrongClock {
  const library = findFakeTime();
  if (!library) throw new CannotBeDone('libfaketime가 없습니다. 데비안이면 apt-get install libfaketime.');
  const file = join(lab.folder, `${name}.clock`);
  const setAhead = (ahead: number) => {
    writeFileSync(`${file}.new`, `${ahead >= 0 ? '+' : ''}${ahead}\n`);
    renameSync(`${file}.new`, file);
  };
  setAhead(seconds);
  return {
    settings: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    },
    setAhead,
  };
}
