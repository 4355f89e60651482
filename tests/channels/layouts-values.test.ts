import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  idFault,
  plainNumber,
  readMoment,
  readPhone,
  readQuantity,
  readWon,
} from '../../src/channels/layouts/values.rules.ts';

function table<T>(read: (text: string) => T, expected: Record<string, T>): void {
  for (const [text, value] of Object.entries(expected)) assert.equal(read(text), value, JSON.stringify(text));
}

test('moments are read the ways malls and spreadsheets write them', () => {
  table(readMoment, {
    '2026-10-07 07:46:37': '2026-10-07 07:46:37',
    '2025/10/04 13:48': '2025-10-04 13:48:00',
    '2025.7.18  12:42:43 PM': '2025-07-18 12:42:43',
    '2025.7.18 12:05:00 AM': '2025-07-18 00:05:00',
    '2025.7.18 1:05 pm': '2025-07-18 13:05:00',
    '2026-10-07 오후 3:05:00': '2026-10-07 15:05:00',
    '2026-10-07 오전 12:05': '2026-10-07 00:05:00',
    '2026년 10월 7일 9:05': '2026-10-07 09:05:00',
    '2026. 10. 7.': '2026-10-07 00:00:00',
    '2026-10-07': '2026-10-07 00:00:00',
    '2026-10-07T07:46:37': '2026-10-07 07:46:37',
    '2026-10-07T07:46:37.000+09:00': '2026-10-07 07:46:37',
    '20261007': '2026-10-07 00:00:00',
    '20261007074637': '2026-10-07 07:46:37',
    '46302.3240393519': '2026-10-07 07:46:37',
    '46302': '2026-10-07 00:00:00',
    '2028-02-29': '2028-02-29 00:00:00',
  });
});

test('what is no day of the calendar, or no time, is no moment', () => {
  const wrong = [
    '2026-02-30',
    '2026-02-29 10:00',
    '2026-13-01',
    '2026-00-10',
    '2026-10-07 25:00',
    '2026-10-07 24:00:00',
    '2026-10-07 10:60',
    '2026-10-07 13:00 PM',
    '2026-10-07 0:30 AM',
    '20261332',
    '1899-12-30 00:00:00',
    '2026-10-07T07:46:37Z',
    '10/07/2026',
    '내일',
    '12',
    '999999',
    '0000-00-00 00:00:00',
  ];
  for (const text of wrong) assert.equal(readMoment(text), undefined, text);
});

test('every moment of this century that is read comes back as itself', () => {
  const moments = fc.date({ min: new Date('2000-01-02'), max: new Date('2099-12-30'), noInvalidDate: true });
  fc.assert(
    fc.property(moments, (date) => {
      const text = date.toISOString().slice(0, 19).replace('T', ' ');
      assert.equal(readMoment(text), text);
      assert.equal(readMoment(text.replace(/[- :]/g, '')), text);
      assert.equal(readMoment(String(Date.parse(`${text.replace(' ', 'T')}Z`) / 86_400_000 + 25_569)), text);
    }),
  );
});

test('money is whole won, with or without its marks', () => {
  table(readWon, {
    '1290000': 1_290_000,
    '1,290,000': 1_290_000,
    '₩1,290,000': 1_290_000,
    '-13,415': -13_415,
    '₩-3,000': -3_000,
    '-₩3,000': -3_000,
    '3,000원': 3_000,
    '12900000.00': 12_900_000,
    '0': 0,
    '-0': 0,
    '12.5': undefined,
    '1,29,000': undefined,
    '1.29E+6': undefined,
    무료: undefined,
    '--1': undefined,
    '99999999999999': undefined,
  });
});

test('a count is a whole number from 0 up', () => {
  table(readQuantity, {
    '1': 1,
    '0': 0,
    '1,000': 1000,
    '2.0': 2,
    '-1': undefined,
    '1.5': undefined,
    두개: undefined,
    '1000000': undefined,
  });
});

test('phone numbers are digits, and a zero a spreadsheet took away comes back', () => {
  table(readPhone, {
    '010-1234-5678': '01012345678',
    '1012345678': '01012345678',
    '212345678': '0212345678',
    '21234567': '021234567',
    '312345678': '0312345678',
    '3112345678': '03112345678',
    '7012345678': '07012345678',
    '50712345678': '050712345678',
    '0507-1234-5678': '050712345678',
    '1588-1234': '15881234',
    '15881234': '15881234',
    '+82 10-1234-5678': '01012345678',
    '821012345678': '01012345678',
    '+82-2-123-4567': '021234567',
    '２０１０': '2010',
    '010-1234-5678 / 02-123-4567': '01012345678',
    '010-1234-5678(남편)': '01012345678',
    없음: '',
    '-': '',
  });
});

test('a masked phone number stays as the mall wrote it', () => {
  table(readPhone, { '010-****-1234': '010-****-1234', '0507-****-5678': '0507-****-5678' });
});

test('an id that lost digits in a spreadsheet is told apart', () => {
  const lost = /자릿수를 잃었습니다/;
  assert.equal(idFault('2026112101000011', false), undefined);
  assert.equal(idFault('20261121-0000011_A', false), undefined);
  assert.equal(idFault('8210034501', true), undefined);
  assert.match(idFault('2.02611E+15', false)!, lost);
  assert.match(idFault('2.0261121010000111E15', true)!, lost);
  assert.match(idFault('2026112101000010', true)!, lost);
  assert.match(idFault('2026 1121', false)!, /쓸 수 없는 글자/);
  assert.match(idFault('1'.repeat(31), false)!, /쓸 수 없는 글자/);
  assert.match(idFault('번호', false)!, /쓸 수 없는 글자/);
});

test('a number is shown as a person reads it', () => {
  table(plainNumber, {
    '6236': '6236',
    '1.29E7': '12900000',
    '6236.0': '6236',
    '1.1000000000000001': '1.1',
    '2026112101000010': '2026112101000010',
    x: 'x',
    '': '',
  });
});
