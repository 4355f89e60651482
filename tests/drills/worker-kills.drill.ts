import { setTimeout as sleep } from 'node:timers/promises';
import { findChannelByCode } from '#channels';
import { applyLater } from '../../src/channels/applying.ts';
import { readLater, receiveFile } from '../../src/channels/receiving.ts';
import type { ImportRow } from '../../src/channels/tables.ts';
import { assertInvariants } from '../support/invariants.ts';
import { prepareDatabase, settingsOf, startWorker } from './lab/app.ts';
import type { Drill } from './lab/drill.ts';
import { startMariadb, startRedis } from './lab/servers.ts';
import { linesOf, lookInto, writeFileOf } from './lab/shop.ts';

/** A little fewer than the made-up shop has, so that there are enough. */
const linesPerOrder = 1.85;
const longestMs = 25 * 60_000;

const drill: Drill = {
  title: 'the worker is killed again and again while it reads, applies and settles one large file',
  async run(lab) {
    const lines = lab.option('lines', lab.quick ? 4000 : 100_000);
    const kills = lab.option('kills', lab.quick ? 3 : 20);
    const [mariadb, redis] = await Promise.all([startMariadb(lab), startRedis(lab)]);
    const settings = settingsOf({ DATABASE_URL: mariadb.url, REDIS_URL: redis.url });
    await prepareDatabase(settings);
    const { runtime, ctx } = await lookInto(lab, settings);
    const { db } = runtime;

    const wanted = new Set<string>();
    const told = function* () {
      for (const line of linesOf(Math.ceil(lines / linesPerOrder), 3)) {
        if (wanted.size === lines) return;
        wanted.add(String(line.상품주문번호));
        yield line;
      }
    };
    const file = await writeFileOf(lab, told());
    const id = await receiveFile(ctx, await findChannelByCode(ctx, 'smartstore'), file);
    await readLater(ctx, id);
    lab.say(`a file of ${wanted.size} lines waits`);

    const began = performance.now();
    const killed: string[] = [];
    let lastKill = { step: '', part: 0 };
    let worker = await startWorker(lab, { settings });
    let seen = await standing();
    let agreed = false;
    while (!isOver(seen)) {
      if (performance.now() - began > longestMs) throw new Error(`not done in time: ${JSON.stringify(seen)}`);
      const before = seen;
      await sleep(15);
      seen = await standing();
      if (seen.state === 'proposed' && !agreed) {
        agreed = true;
        await applyLater(ctx, id);
      }
      if (killed.length >= kills || !isDue(before, seen, killed.length)) continue;
      await worker.kill();
      killed.push(seen.step);
      lab.say(`killed while ${seen.step} at ${Math.round(seen.part * 100)} %`);
      worker = await startWorker(lab, { settings });
      lastKill = { step: seen.step, part: seen.part };
    }
    await worker.end();
    const seconds = (performance.now() - began) / 1000;

    const stored: string[] = await db('order_lines').pluck('line_no');
    const storedOnce = new Set(stored);
    await assertInvariants(db);
    const row: ImportRow = await db('imports').where({ id }).first();
    const during = (step: string) => killed.filter((at) => at === step).length;
    return [
      { what: 'times the worker was killed', value: killed.length, atLeast: kills },
      { what: 'of these while reading', value: during('reading') },
      { what: 'of these while applying', value: during('applying') },
      { what: 'of these while settling', value: during('settling') },
      { what: 'lines of the file', value: wanted.size, atLeast: lines },
      { what: 'lines lost', value: [...wanted].filter((line) => !storedOnce.has(line)).length, atMost: 0 },
      { what: 'lines doubled', value: stored.length - storedOnce.size, atMost: 0 },
      { what: 'lines nobody sent', value: stored.filter((line) => !wanted.has(line)).length, atMost: 0 },
      {
        what: 'new lines the import tells of, too many or few',
        value: Math.abs(row.new_count - wanted.size),
        atMost: 0,
      },
      { what: 'from the file to applied, all deaths in it', value: seconds, unit: 's' },
    ];

    /** Where the import is, and how far into that. */
    async function standing(): Promise<Standing> {
      const found: ImportRow = await db('imports').where({ id }).first();
      const { state, rows_read } = found;
      if (state === 'reading') return { state, step: 'reading', part: rows_read / wanted.size };
      const batch = await db('change_batches').where({ import_id: id }).orderBy('id', 'desc').first();
      if (state === 'applying')
        return { state, step: 'applying', part: (batch?.position ?? 0) / wanted.size };
      if (state === 'applied' && batch.busy_channel_id) return { state, step: 'settling', part: 0.5 };
      return { state, step: 'waiting', part: 0 };
    }

    /** Kills are spread over what is left of the work: a third of them while it reads, which starts anew each time. */
    function isDue(before: Standing, now: Standing, done: number): boolean {
      if (now.step === 'waiting') return false;
      if (now.step === 'settling') return before.step !== 'settling' || lastKill.step !== 'settling';
      if (now.part === 0) return false;
      const readingKills = Math.floor(kills / 3);
      if (now.step === 'reading') return done < readingKills && now.part >= ((done % 5) + 1) / 6;
      const left = kills - 1 - done; // the last one is for the tidying up
      const from = lastKill.step === 'applying' ? lastKill.part : 0;
      return left > 0 && now.part >= from + (0.97 - from) / (left + 1) && now.part > from;
    }
  },
};

interface Standing {
  state: string;
  step: 'reading' | 'applying' | 'settling' | 'waiting';
  part: number;
}

function isOver({ state, step }: Standing): boolean {
  return step === 'waiting' && (state === 'applied' || state === 'cancelled');
}

export default drill;
