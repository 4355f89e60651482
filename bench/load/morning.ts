import { smartStoreLines, writeSmartStoreFile } from '../../seeds/smartstore-file.ts';
import type { Answer, Person } from '../../tests/drills/lab/person.ts';

/** What one click of a morning is, and how often of a hundred. */
interface Habit {
  of100: number;
  click(person: Person, turn: number): Promise<unknown>;
}

const sides = ['경기도', '서울특별시', '부산광역시', '인천광역시'];

/** Names as frequent as in the shop of bench/lists, and endings of phones. */
const searched = ['김민', '이영', '박서', '최', '김', '1234', '0707', '06236', '8821'];

const habits: readonly Habit[] = [
  {
    of100: 20,
    click: (person, turn) => person.get(`/orders?status=${one(['', 'new', 'acknowledged', 'held'], turn)}`),
  },
  { of100: 8, click: (person, turn) => person.get(`/orders?page=${1 + (turn % 30)}&size=100`) },
  { of100: 16, click: (person, turn) => person.get(`/orders?q=${encodeURIComponent(one(searched, turn))}`) },
  { of100: 16, click: openOrder },
  {
    of100: 12,
    click: (person, turn) => person.get(`/deliveries?sido=${encodeURIComponent(one(sides, turn))}`),
  },
  { of100: 5, click: openDelivery },
  { of100: 12, click: actOnOrders },
  { of100: 4, click: (person) => person.get('/imports') },
  { of100: 3, click: (person) => person.get('/products/new-options') },
  { of100: 2, click: takeDownload },
  { of100: 2, click: printDistrict },
];

/** One click of somebody; which one is drawn. */
export async function clickOnce(person: Person, turn: number): Promise<void> {
  let drawn = Math.random() * habits.reduce((sum, { of100 }) => sum + of100, 0);
  for (const { of100, click } of habits) {
    drawn -= of100;
    if (drawn <= 0) return void (await click(person, turn));
  }
}

async function openOrder(person: Person, turn: number): Promise<void> {
  const ids = idsIn(await person.get(`/orders?page=${1 + (turn % 20)}`), /href="\/orders\/(\d+)"/g);
  if (ids.length > 0) await person.get(`/orders/${one(ids, turn)}`);
}

async function openDelivery(person: Person, turn: number): Promise<void> {
  const ids = idsIn(await person.get('/deliveries'), /href="\/deliveries\/(\d+)"/g);
  if (ids.length > 0) await person.get(`/deliveries/${one(ids, turn)}`);
}

/** Acknowledges what is new, or holds a line and lets it go again. */
async function actOnOrders(person: Person, turn: number): Promise<void> {
  const page = 1 + (turn % 10);
  const ids = idsIn(await person.get(`/orders?status=new&page=${page}`), /name="ids" value="(\d+)"/g);
  if (ids.length === 0) return;
  const own = one(ids, turn);
  if (turn % 2 === 0) await person.post('/orders/acknowledge', { ids: own, status: 'new' });
  else {
    await person.post('/orders/hold', { ids: own, reason: '전화로 확인' });
    await person.post('/orders/release', { ids: own });
  }
}

async function takeDownload(person: Person, turn: number): Promise<void> {
  const from = `2026-${String(1 + (turn % 10)).padStart(2, '0')}-0${1 + (turn % 9)}`;
  await person.get(`/downloads/new/orders?from=${from}&to=${from}`);
  await person.post('/downloads/new/orders', { from, to: from, columns: ['order_no', 'line_no', 'amount'] });
}

async function printDistrict(person: Person, turn: number): Promise<void> {
  const list = await person.get(`/deliveries?sido=${encodeURIComponent(one(sides, turn))}`);
  const districts = [...list.text.matchAll(/<option value="([^"]+)"/g)].map((match) => match[1]!);
  const sigungu = districts.filter((name) => /[시군구]$/.test(name) && !sides.includes(name));
  if (sigungu.length === 0) return;
  const run = await person.post('/deliveries/print', { sido: one(sides, turn), sigungu: one(sigungu, turn) });
  if (run.location.startsWith('/deliveries/prints/')) await person.get(run.location);
}

/** Brings a mall's file in, waits until it is read, looks at it and applies it. True when it was taken in. */
export async function bringFileIn(person: Person, path: string, content: Buffer): Promise<boolean> {
  const taken = await person.upload('/imports', { name: path, content });
  const id = /\/imports\/(\d+)/.exec(taken.location)?.[1];
  if (!id) return false;
  const comparison = await whenRead(person, id);
  if (comparison === undefined) return false;
  const applied = await person.post(`/imports/${id}/apply`, { comparison });
  return applied.status === 303;
}

async function whenRead(person: Person, id: string): Promise<string | undefined> {
  for (const giveUpAt = performance.now() + 120_000; performance.now() < giveUpAt; ) {
    const { text } = await person.get(`/imports/${id}`);
    const comparison = /name="comparison" value="(\d+)"/.exec(text)?.[1];
    if (comparison) return comparison;
    await new Promise((done) => setTimeout(done, 3000));
  }
  return undefined;
}

export async function writeFileOfDay(path: string, at: number): Promise<void> {
  const from = `2026-11-${String(1 + (at % 20)).padStart(2, '0')}`;
  await writeSmartStoreFile(path, smartStoreLines({ orders: 150, seed: 1 + (at % 8), from, days: 1 }));
}

function idsIn({ text }: Answer, found: RegExp): string[] {
  return [...new Set([...text.matchAll(found)].map((match) => match[1]!))];
}

function one<T>(of: readonly T[], turn: number): T {
  return of[turn % of.length]!;
}
