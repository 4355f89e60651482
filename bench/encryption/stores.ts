import { createHmac, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { createVault } from '#lib/secrets.ts';

export interface Person {
  name: string;
  phone: string;
  phone2: string;
  address: string;
  detail: string;
  memo: string;
}

/** One way of keeping people. Every read returns them as they are. */
export interface Store {
  table: string;
  insert(db: Knex, people: readonly Person[]): Promise<unknown>;
  page(db: Knex, offset: number): Promise<Person[]>;
  byName(db: Knex, name: string): Promise<Person[]>;
  byEnding(db: Knex, digits: string): Promise<Person[]>;
  all(db: Knex): Promise<Person[]>;
}

const fields = ['name', 'phone', 'phone2', 'address', 'detail', 'memo'] as const;

/** Names are as frequent as Korean ones; the same people every time. */
export function makePeople(n: number): Person[] {
  const family = '김김김김이이이박박최정강조윤장임한오서신';
  const given = '민지서하예도윤준현수은영태상유진아우연호빈원희경미철';
  return Array.from({ length: n }, (_, at) => {
    const pick = (text: string, step: number) => text[(at * step) % text.length]!;
    return {
      name: pick(family, 7) + pick(given, 11) + pick(given, 29),
      phone: `010${String((at * 7_919_317) % 100_000_000).padStart(8, '0')}`,
      phone2: at % 3 === 0 ? `02${String((at * 104_729) % 10_000_000).padStart(7, '0')}` : '',
      address: `경기도 성남시 분당구 판교역로 ${1 + (at % 700)}`,
      detail: `${101 + (at % 30)}동 ${100 + (at % 2000)}호`,
      memo: at % 4 === 0 ? '부재 시 문 앞에 놓아 주세요' : '',
    };
  });
}

const insertAll = (db: Knex, rows: readonly object[]) => db('people').insert(rows as object[]);

/** Indexed as order_lines is. */
export const plainTable: Store = {
  table: `CREATE TABLE people (
    id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(100) NOT NULL, phone VARCHAR(30) NOT NULL, phone2 VARCHAR(30) NOT NULL,
    address VARCHAR(500) NOT NULL, detail VARCHAR(500) NOT NULL, memo VARCHAR(1000) NOT NULL,
    phone_reversed VARCHAR(30) AS (REVERSE(phone)) STORED, phone2_reversed VARCHAR(30) AS (REVERSE(phone2)) STORED,
    KEY (name), KEY (phone_reversed), KEY (phone2_reversed)) ENGINE=InnoDB`,
  insert: insertAll,
  page: (db, offset) => db('people').where('id', '>', offset).orderBy('id').limit(50),
  byName: (db, name) =>
    db('people')
      .where('name', 'like', `${name.slice(0, 2)}%`)
      .limit(50),
  byEnding: (db, digits) => {
    const like = `${[...digits].reverse().join('')}%`;
    return db('people')
      .where('phone_reversed', 'like', like)
      .orWhere('phone2_reversed', 'like', like)
      .limit(50);
  },
  all: (db) => db('people').orderBy('id'),
};

const vault = createVault('bench');
const key = randomBytes(32);
const blind = (purpose: string, text: string) =>
  createHmac('sha256', key).update(`${purpose} ${text}`).digest().subarray(0, 8);

/** One sealed blob a person, and beside it what must be found: first two syllables, whole name, phones, their ends. */
export const sealedTable: Store = {
  table: `CREATE TABLE people (
    id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    sealed VARBINARY(4000) NOT NULL,
    name_begins BINARY(8) NOT NULL, name_hash BINARY(8) NOT NULL,
    phone_hash BINARY(8) NOT NULL, phone_ends BINARY(8) NOT NULL,
    phone2_hash BINARY(8) NOT NULL, phone2_ends BINARY(8) NOT NULL,
    KEY (name_begins), KEY (name_hash), KEY (phone_hash), KEY (phone_ends), KEY (phone2_hash), KEY (phone2_ends)
  ) ENGINE=InnoDB`,
  insert: (db, people) =>
    insertAll(
      db,
      people.map((person) => ({
        sealed: vault.seal('people', Buffer.from(JSON.stringify(fields.map((field) => person[field])))),
        name_begins: blind('name', person.name.slice(0, 2)),
        name_hash: blind('name', person.name),
        phone_hash: blind('phone', person.phone),
        phone_ends: blind('ends', person.phone.slice(-4)),
        phone2_hash: blind('phone', person.phone2),
        phone2_ends: blind('ends', person.phone2.slice(-4)),
      })),
    ),
  page: async (db, offset) =>
    opened(await db('people').select('sealed').where('id', '>', offset).orderBy('id').limit(50)),
  byName: async (db, name) =>
    opened(
      await db('people')
        .select('sealed')
        .where('name_begins', blind('name', name.slice(0, 2)))
        .limit(50),
    ),
  byEnding: async (db, digits) =>
    opened(
      await db('people')
        .select('sealed')
        .where('phone_ends', blind('ends', digits))
        .orWhere('phone2_ends', blind('ends', digits))
        .limit(50),
    ),
  all: async (db) => opened(await db('people').select('sealed').orderBy('id')),
};

function opened(rows: readonly { sealed: Buffer }[]): Person[] {
  return rows.map(({ sealed }) => {
    const texts = JSON.parse(vault.open('people', sealed).toString('utf8')) as string[];
    return Object.fromEntries(fields.map((field, at) => [field, texts[at]])) as unknown as Person;
  });
}
