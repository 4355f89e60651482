import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  grace,
  judge,
  longestLife,
  presentToken,
  readToken,
  rotated,
  type Series,
  settlingTime,
  showToken,
  slidingLife,
} from '../../src/accounts/remembering.rules.ts';
import { Turns } from './turns.ts';

const start = Date.UTC(2026, 10, 9);

function aSeries(given: Partial<Series> = {}): Series {
  return {
    tokenHash: 'T0',
    prevHash: undefined,
    rotatedAt: start,
    settled: false,
    expiresAt: start + slidingLife,
    endsAt: start + longestLife,
    alive: true,
    ...given,
  };
}

test('the present token is taken, the one before only for a minute, and any older one is theft', () => {
  const series = rotated(aSeries(), 'T0', 'T1', start);
  assert.equal(judge(series, 'T1', start + 1), 'rotate');
  assert.equal(judge(series, 'T0', start + grace - 1), 'join');
  assert.equal(judge({ ...series, settled: true }, 'T0', start + grace - 1), 'join');
  assert.equal(judge({ ...series, settled: true }, 'T0', start + grace), 'theft');
  assert.equal(
    judge(rotated(series, 'T1', 'T2', start + 1), 'T0', start + 2),
    'theft',
    'within the minute too',
  );
});

test('a token whose successor nobody was seen to hold is taken after the minute as well', () => {
  const series = rotated(aSeries(), 'T0', 'T1', start);
  assert.equal(judge(series, 'T0', start + grace), 'recover');
  const recovered = rotated(series, 'T0', 'T2', start + grace);
  assert.equal(judge(recovered, 'T1', start + grace + 1), 'theft', 'whoever holds what was lost');
  assert.equal(judge(recovered, 'T2', start + grace + 1), 'rotate');
});

test('a series lasts fourteen days from its last use, and ninety in all', () => {
  assert.equal(judge(aSeries(), 'T0', start + slidingLife - 1), 'rotate');
  assert.equal(judge(aSeries(), 'T0', start + slidingLife), 'ended');
  const late = rotated(aSeries(), 'T0', 'T1', start + longestLife - 1000);
  assert.equal(late.expiresAt, start + longestLife);
  assert.equal(judge(late, 'T1', start + longestLife), 'ended');
  assert.equal(judge(aSeries({ alive: false }), 'T0', start), 'ended');
  assert.equal(
    judge(aSeries({ alive: false }), 'stolen', start),
    'ended',
    'there is nothing left to protect',
  );
});

test('only what we give out is looked up', () => {
  const [series, token] = ['0'.repeat(32), 'f'.repeat(64)];
  assert.deepEqual(readToken(`${series}.${token}`), { series, token });
  for (const cookie of [
    undefined,
    '',
    '.',
    `${series}.${token}0`,
    `${series}.${token.slice(1)}`,
    `${series}${token}`,
  ])
    assert.equal(readToken(cookie), undefined);
});

/** A browser that loses sessions, answers and its last half minute; and whoever copies its cookie. */
interface Round {
  who: 'owner' | 'thief';
  tabs: number;
  /** How many of the answers arrive. */
  arriving: number;
  /** The session is still there: the browser works with it, and shows its token. */
  sessionLasts: boolean;
  /** The power goes behind this round: cookies of the last half minute were not on the disk. */
  crash: boolean;
  pauseMs: number;
}

const minute = 60_000;
const pause = fc.oneof(
  fc.integer({ min: 0, max: grace }),
  fc.integer({ min: grace, max: 4 * minute }),
  fc.integer({ min: 4 * minute, max: 24 * 60 * minute }),
);
const round = (who: Round['who']): fc.Arbitrary<Round> =>
  fc.record({
    who: fc.constant(who),
    tabs: fc.integer({ min: 1, max: 6 }),
    arriving: fc.integer({ min: 0, max: 6 }),
    sessionLasts: fc.boolean(),
    crash: fc.boolean(),
    pauseMs: pause,
  });

class Jar {
  token: string;
  /** When the session came that it has now; a session lasts five minutes at least. */
  sessionSince: number | undefined;
  private written: { token: string; at: number };
  constructor(token: string, now: number) {
    this.token = token;
    this.written = { token, at: now };
  }
  take(token: string, now: number): void {
    this.flush(now);
    this.token = token;
    this.sessionSince = now;
    this.written = { ...this.written, at: now };
  }
  hasSession(now: number): boolean {
    return this.sessionSince !== undefined && now - this.sessionSince < 5 * minute;
  }
  /** A cookie is on the disk half a minute after it came. */
  flush(now: number): void {
    if (now - this.written.at >= minute / 2) this.written = { token: this.token, at: now };
  }
  crash(now: number): void {
    this.flush(now);
    this.token = this.written.token;
    this.sessionSince = undefined;
  }
}

class World {
  series = aSeries();
  now = start;
  verdicts: string[] = [];
  private made = 0;
  private readonly turns: Turns;
  constructor(seed: number) {
    this.turns = new Turns(seed);
  }

  /** Another process may come in between reading and writing. */
  private keeper() {
    return {
      find: async () => {
        await this.turns.next();
        return { ...this.series };
      },
      replace: async (was: Series, next: Series) => {
        await this.turns.next();
        const same = JSON.stringify(was) === JSON.stringify(this.series);
        if (same) this.series = next;
        return same;
      },
    };
  }

  async play(jar: Jar, { tabs, arriving, sessionLasts, crash, pauseMs }: Round): Promise<string[]> {
    const sent = jar.token;
    const judging = sessionLasts ? showToken : presentToken;
    const answers = await this.turns.run(
      Array.from({ length: tabs }, async () => {
        const next = `T${++this.made}`;
        const { verdict } = await judging(this.keeper(), sent, next, () => this.now);
        return { verdict, cookie: verdict === 'rotate' || verdict === 'recover' ? next : undefined };
      }),
    );
    const verdicts = answers.map(({ verdict }) => verdict);
    this.verdicts.push(...verdicts);
    if (verdicts.includes('theft')) this.series = { ...this.series, alive: false };
    for (const { cookie } of answers.slice(0, arriving)) if (cookie) jar.take(cookie, this.now);
    this.now += pauseMs;
    if (crash) jar.crash(this.now);
    return verdicts;
  }
}

test('in ten thousand runs no honest browser is signed out, whatever gets lost, and one tab alone gets the next token', async () => {
  let recovered = 0;
  let joined = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(round('owner'), { minLength: 1, maxLength: 6 }),
      fc.nat(),
      fc.boolean(),
      async (rounds, seed, powerFails) => {
        const world = new World(seed);
        const jar = new Jar('T0', world.now);
        for (const one of rounds) {
          // Either the power fails, or the store of sessions is emptied: not both within the same half minute.
          const sessionLasts = one.sessionLasts || (powerFails && jar.hasSession(world.now));
          const verdicts = await world.play(jar, { ...one, sessionLasts, crash: powerFails && one.crash });
          assert.ok(!verdicts.some((verdict) => verdict === 'theft' || verdict === 'ended'), verdicts.join());
          const first = verdicts.filter((verdict) => verdict !== 'join').length;
          assert.ok(first <= 1, verdicts.join());
          if (verdicts.includes('recover')) recovered++;
          if (verdicts.includes('join')) joined++;
        }
      },
    ),
    { numRuns: 10_000 },
  );
  assert.ok(recovered > 500 && joined > 5000, `${recovered} recovered, ${joined} joined`);
});

test('in ten thousand runs no theft is missed once both have come back', async () => {
  let thefts = 0;
  const any = fc.oneof(round('owner'), round('thief'));
  const restart = { tabs: 1, arriving: 6, sessionLasts: false, crash: false, pauseMs: 5 * minute } as const;
  await fc.assert(
    fc.asyncProperty(
      fc.array(round('owner'), { maxLength: 3 }),
      fc.array(any, { maxLength: 5 }),
      fc.nat(),
      async (before, after, seed) => {
        const world = new World(seed);
        const owner = new Jar('T0', world.now);
        for (const one of before) await world.play(owner, one);
        const thief = new Jar(owner.token, world.now);
        let gotIn = false;
        const play = async (one: Round) => {
          const verdicts = await world.play(one.who === 'owner' ? owner : thief, one);
          if (one.who === 'thief')
            gotIn ||= verdicts.some((verdict) => !['theft', 'ended'].includes(verdict));
        };
        for (const one of after) await play(one);
        for (const who of ['owner', 'thief', 'owner', 'thief'] as const) await play({ ...restart, who });
        assert.ok(world.verdicts.includes('theft'), `${gotIn}: ${world.verdicts.join()}`);
        assert.equal(world.series.alive, false);
        if (gotIn) thefts++;
      },
    ),
    { numRuns: 10_000 },
  );
  assert.ok(thefts > 3000, `${thefts} thieves got in for a while`);
});

test('a thief who used his copy is noticed while its owner goes on working, not at their next sign-in', async () => {
  const world = new World(1);
  const [owner, thief] = [new Jar('T0', start), new Jar('T0', start)];
  const use = { tabs: 1, arriving: 1, crash: false, pauseMs: settlingTime + minute };
  assert.deepEqual(await world.play(thief, { ...use, who: 'thief', sessionLasts: false }), ['rotate']);
  assert.deepEqual(await world.play(thief, { ...use, who: 'thief', sessionLasts: true }), ['join']);
  assert.deepEqual(await world.play(owner, { ...use, who: 'owner', sessionLasts: true }), ['theft']);
});
