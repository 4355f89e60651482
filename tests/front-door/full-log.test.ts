import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const log = fileURLToPath(new URL('../../src/lib/log.ts', import.meta.url));

/** /dev/full takes nothing, as a disk without room. */
test('a program whose log cannot be written goes on, and keeps little of what it could not say', {
  skip: !existsSync('/dev/full') && '/dev/full is only there on Linux',
}, () => {
  const script = `
      import { createLog } from ${JSON.stringify(log)};
      const log = createLog('info', 'test');
      for (let n = 0; n < 20; n++) {
        for (let line = 0; line < 1000; line++) log.info({ n, text: 'x'.repeat(1000) }, 'told');
        await new Promise((done) => setTimeout(done, 5));
      }
      const { heapUsed } = process.memoryUsage();
      process.stdout.write(JSON.stringify({ alive: true, mb: heapUsed / 2 ** 20 }));
      process.kill(process.pid, 'SIGKILL');
    `;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', openSync('/dev/full', 'w')],
    encoding: 'utf8',
  });
  const told = JSON.parse(stdout || '{}') as { alive?: boolean; mb?: number };
  assert.equal(told.alive, true, 'it lived');
  assert.ok(told.mb! < 60, `it holds ${told.mb} MB`);
});
