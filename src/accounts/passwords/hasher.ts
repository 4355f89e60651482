import { setPriority } from 'node:os';
import argon2 from 'argon2';
import { cost, type HashAnswer, type HashTask } from './hashing.ts';

// The process of hashing.ts: it computes, and gives way to whoever answers pages.
setPriority(19);
process.on('disconnect', () => process.exit(0));
process.on('message', (task: HashTask) => {
  const work = task.hash === undefined ? argon2.hash(task.text, cost) : argon2.verify(task.hash, task.text);
  work.then(
    (result) => process.send?.({ id: task.id, result } satisfies HashAnswer),
    (error: Error) => process.send?.({ id: task.id, error: error.message } satisfies HashAnswer),
  );
});
