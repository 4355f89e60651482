import assert from 'node:assert/strict';
import { test } from 'node:test';
import { smartStoreLines, writeSmartStoreFile } from '../../seeds/smartstore-file.ts';
import { openDesk, resultOf } from './desk.ts';

test('classify answers every line of its input with a line of CSV', async () => {
  await using desk = await openDesk();
  const typed = ['06236', '1234', '135-080', '', '서울,강남', '30151', '99999'].join('\r\n');
  const { code, out, err } = await desk.moa(['classify'], `${typed}\n`);
  assert.deepEqual([code, err], [0, '']);
  assert.deepEqual(out.split('\n'), [
    'input,status,postcode,sido,sigungu',
    '06236,ok,06236,서울특별시,강남구',
    '1234,restored,01234,서울특별시,강북구',
    '135-080,old6,,,',
    ',empty,,,',
    '"서울,강남",invalid,,,',
    '30151,ok,30151,세종특별자치시,',
    '99999,unknown,99999,,',
    '',
  ]);
});

test('classify of nothing is the header alone', async () => {
  await using desk = await openDesk();
  assert.equal((await desk.moa(['classify'])).out, 'input,status,postcode,sido,sigungu\n');
});

test('deliveries counts what is live, what came later, comes back or is cancelled, and where', async () => {
  await using desk = await openDesk();
  const none = { deliveries: 0, lines: 0, added: 0, returned: 0, cancelled: 0, bySigungu: {} };
  assert.deepEqual(resultOf(await desk.moa(['deliveries', '--json'])), none);

  const path = desk.file('주문.xlsx');
  const lines = [
    ...smartStoreLines({ orders: 60, from: '2026-11-01', days: 10, asOf: '2026-11-20 09:00:00' }),
  ];
  await writeSmartStoreFile(path, lines);
  await desk.moa(['import', path, '--channel', 'smartstore', '--apply']);

  const direct = lines.filter((line) => line.배송방법 === '직접전달');
  const live = direct.filter((line) => line.주문상태 !== '취소');
  const said = await desk.moa(['deliveries', '--json']);
  const all = resultOf(said) as typeof none;
  assert.deepEqual(Object.keys(all), Object.keys(none));
  assert.equal(all.lines, live.length);
  const bundles = new Set(direct.map((line) => line['배송비 묶음번호'])).size;
  assert.ok(all.deliveries + all.cancelled <= bundles, 'a later order may have joined an earlier one');
  assert.equal(
    Object.values<number>(all.bySigungu).reduce((sum, n) => sum + n, 0),
    all.deliveries,
  );
  for (const name of Object.keys(all.bySigungu))
    assert.match(name, /^(미분류|세종특별자치시|\S+ \S+( \S+)?)$/);
  assert.deepEqual([said.code, said.err], [0, '']);

  const days = ['--from', '2026-11-03', '--to', '2026-11-05'];
  const some = resultOf(await desk.moa(['deliveries', '--json', ...days])) as typeof none;
  assert.ok(some.deliveries > 0 && some.deliveries < all.deliveries);
});

test('a day that is none, an unknown option or a word too many is put right in a sentence', async () => {
  await using desk = await openDesk();
  for (const [reason, ...argv] of [
    [/쓰는 법/, 'classify', '우편번호.txt'],
    [/--from ‘2026-02-30’는 날짜가 아닙니다/, 'deliveries', '--json', '--from', '2026-02-30'],
    [/쓰는 법/, 'deliveries', '--json', '--form', '2026-02-03'],
    [/쓰는 법/, 'deliveries', '--json', '어제'],
  ] as [RegExp, ...string[]][]) {
    const { code, out, err } = await desk.moa(argv);
    assert.match(err, reason);
    assert.deepEqual([code, out], [1, '']);
  }
});

test('help is given when asked for, and to those who name no command or one there is not', async () => {
  await using desk = await openDesk();
  for (const [code, ...argv] of [[0, 'help'], [0, '--help'], [1], [1, 'imports']] as [
    number,
    ...string[],
  ][]) {
    const said = await desk.moa(argv);
    assert.deepEqual([said.code, said.out], [code, ''], argv.join(' '));
    for (const command of ['import', 'classify', 'deliveries', 'export dispatch', 'user add'])
      assert.ok(said.err.includes(`bin/moa ${command}`), command);
  }
});
