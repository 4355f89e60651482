import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { followLines } from '#deliveries';
import { transaction } from '#lib/db.ts';
import { holdLines, releaseLines } from '#orders';
import type { SmartStoreLine } from '../../seeds/smartstore-file.ts';
import { applyImport, requestApply } from '../../src/channels/applying.ts';
import { writers } from '../../src/channels/jobs.ts';
import { listTouchedLines } from '../../src/channels/undoing.ts';
import { assertInvariants } from '../support/invariants.ts';
import { type Office, openOffice } from '../support/office.ts';
import { Model } from './history-model.ts';
import { importOf, propose, rowsOf, undoNow, waitingLines } from './history-office.ts';

const steps = 14;
const memos = ['가', '나', '다'];

/** The same numbers for the same seed (mulberry32). */
function dice(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const one = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
  const some = <T>(from: readonly T[]): T[] => {
    const chosen = from.filter(() => next() < 0.5);
    return chosen.length > 0 ? chosen : [one(from)];
  };
  return { next, one, some };
}

interface Waiting {
  id: number;
  memos: Map<string, string>;
}

/** Imports, hands and undos in any order, some proposals lying about meanwhile; the model says what must come of it. */
async function play(office: Office, seed: number): Promise<void> {
  const { next, one, some } = dice(seed);
  const model = new Model();
  const shop = waitingLines(7).filter((line) => line.상품종류 !== '추가구성상품'); // these hang on other lines
  const lineNos = shop.map((line) => String(line.상품주문번호));
  const waiting: Waiting[] = [];
  const story: string[] = [];

  const aFile = async (): Promise<Waiting> => {
    const said = new Map(some(lineNos).map((lineNo) => [lineNo, one(memos)]));
    const lines = shop
      .filter((line) => said.has(String(line.상품주문번호)))
      .map((line): SmartStoreLine => ({ ...line, 배송메세지: said.get(String(line.상품주문번호))! }));
    return { id: await propose(office.ctx('office'), lines), memos: said };
  };

  for (let step = 0; step < steps; step++) {
    const known = lineNos.filter((lineNo) => model.has(lineNo));
    const roll = next();
    if (roll < 0.15 && waiting.length < 2) {
      waiting.push(await aFile());
      story.push(`read ${waiting.at(-1)!.id}`);
    } else if (roll < 0.55 || known.length === 0) {
      const file = waiting.length > 0 && next() < 0.6 ? waiting.shift()! : await aFile();
      story.push(`apply ${file.id}`);
      await applyAsShown(office, file.id);
      const kinds = model.apply(file.id, file.memos);
      const rows = await rowsOf(office, file.id);
      assert.deepEqual(
        new Map(rows.map((row) => [row.line_no, row.kind])),
        new Map(rows.map((row) => [row.line_no, kinds.get(row.line_no!)])),
        story.join(', '),
      );
    } else if (roll < 0.8) {
      const lineNo = one(known);
      story.push(`${model.isHeld(lineNo) ? 'release' : 'hold'} ${lineNo}`);
      await toggle(office, lineNo, model.isHeld(lineNo));
      model.toggle(lineNo);
    } else if (model.undoable().length > 0) {
      const id = one(model.undoable());
      story.push(`undo ${id}`);
      await undo(office, model, id, story);
    }
    const stored = await office.runtime
      .db('order_lines')
      .select('line_no', 'memo', 'status')
      .orderBy('line_no');
    assert.deepEqual(
      stored.map((line) => [line.line_no, line.memo, line.status === 'held']),
      model.content(),
      story.join(', '),
    );
    await assertInvariants(office.runtime.db);
  }
}

/** Presses until nothing moves any more: each time, what is applied is what the rows say by then. */
async function applyAsShown(office: Office, id: number): Promise<void> {
  for (let pressed = 0; pressed < 3; pressed++) {
    const { comparison } = await importOf(office, id);
    await requestApply(office.ctx('office'), id, comparison);
    const shown = (await rowsOf(office, id)).map((row) => row.kind);
    await applyImport(office.ctx(), id, writers, () => {});
    const now = await importOf(office, id);
    if (now.state === 'applied') {
      const applied = (await rowsOf(office, id)).map((row) => row.kind);
      assert.deepEqual(applied, shown, 'nothing is applied but what was shown');
      return;
    }
    assert.deepEqual([now.state, now.comparison > comparison], ['proposed', true]);
  }
  assert.fail('it was asked again and again though nobody did anything');
}

async function toggle(office: Office, lineNo: string, held: boolean): Promise<void> {
  const ids: number[] = await office.runtime.db('order_lines').where({ line_no: lineNo }).pluck('id');
  await transaction(office.ctx('office'), async (tx) => {
    if (held) await releaseLines(tx, ids);
    else await holdLines(tx, ids, '확인');
    await followLines(tx, ids);
  });
}

async function undo(office: Office, model: Model, id: number, story: readonly string[]): Promise<void> {
  const touched = model.touchedSince(id);
  const told = await listTouchedLines(office.ctx(), id);
  assert.deepEqual(told.map((line) => line.line_no).sort(), touched.toSorted(), story.join(', '));
  for (const { line_no, touches } of told) {
    assert.equal(touches[0]?.importId ?? 'hand', model.lastTouch(line_no), `${line_no}: ${story.join(', ')}`);
    assert.ok(touches.every((touch) => touch.who === '김하나'));
  }
  if (touched.length > 0 && model.untouchedSince(id).length === 0) {
    await assert.rejects(undoNow(office, id, true), /되돌릴 상품주문이 없습니다/);
    return;
  }
  if (touched.length > 0) await assert.rejects(undoNow(office, id), /모두 되돌릴 수는 없습니다/);
  await undoNow(office, id, touched.length > 0);
  assert.equal((await importOf(office, id)).kept_count, touched.length);
  model.undo(id);
}

describe('imports, hands and undos in any order come to what a pile of changes for each line says', () => {
  for (const seed of [2, 4, 7]) {
    test(`played with seed ${seed}`, async () => {
      await using office = await openOffice();
      await play(office, seed);
    });
  }
});
