import { existsSync, writeFileSync } from 'node:fs';
import type { HashAnswer, HashTask } from '../../src/accounts/passwords/hashing.ts';

// A process like passwords/hasher.ts that gives the text back. At `end` and `hang` it does that, once when a file to
// remember it by is named behind, else each time.
process.on('disconnect', () => process.exit(0));
process.on('message', ({ id, text }: HashTask) => {
  const [what, marker] = text.split(' ');
  if (what === 'end' || what === 'hang') {
    const again = marker !== undefined && existsSync(marker);
    if (marker) writeFileSync(marker, '');
    if (!again && what === 'end') process.exit(1);
    if (!again) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }
  process.send?.({ id, result: text } satisfies HashAnswer);
});
