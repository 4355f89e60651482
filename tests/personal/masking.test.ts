import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { maskAddress, maskName, maskPhone, maskText } from '#lib/masking.ts';
import { hideCell } from '../../src/channels/hiding.rules.ts';

test('an address keeps 시도, 시군구 and 읍면동, and nothing that finds the house', () => {
  const masked: [string, string][] = [
    ['서울특별시 강남구 역삼동 123-45 래미안 101동 1503호', '서울특별시 강남구 역삼동 ***'],
    ['서울 강남구 역삼1동 648', '서울 강남구 역삼1동 ***'],
    ['서울특별시 성동구 성수동2가 277-44', '서울특별시 성동구 성수동2가 ***'],
    ['서울 종로구 종로1가 24', '서울 종로구 종로1가 ***'],
    ['강원특별자치도 홍천군 내면 창촌리 1667', '강원특별자치도 홍천군 내면 ***'],
    ['세종특별자치시 조치원읍 새내로 107', '세종특별자치시 조치원읍 ***'],
    ['서울특별시 강남구 역삼동123-4', '서울특별시 강남구 역삼동 ***'],
    ['경기도 성남시 분당구 판교역로 166 (백현동, 카카오 판교 아지트)', '경기도 성남시 분당구 백현동 ***'],
    ['경기도 성남시 분당구 판교역로 166', '경기도 성남시 분당구 판교역로 ***'],
    ['서울특별시 강남구 테헤란로8길 12 201호', '서울특별시 강남구 테헤란로 ***'],
    ['서울특별시 강남구 테헤란로12', '서울특별시 강남구 테헤란로 ***'],
    ['세종특별자치시 한누리대로 2130 (보람동)', '세종특별자치시 보람동 ***'],
    ['강남구 역삼동 12', '강남구 역삼동 ***'],
    ['서울 강남구 가로수길 5', '서울 강남구 ***'],
    ['서울 강남구 101동 1503호', '서울 강남구 ***'],
    ['서울강남구역삼동12', '***'],
    ['홍길동네 파란 대문 집', '***'],
    ['12 Gangnam-daero, Seoul', '***'],
    ['서울특별시 강남구 역삼동', '서울특별시 강남구 역삼동'],
    ['', ''],
  ];
  for (const [address, shown] of masked) assert.equal(maskAddress(address), shown, address);
});

test('every 시도 and 시군구 there is stays readable', () => {
  const rows = readFileSync(new URL('../../seeds/regions/postal-districts.csv', import.meta.url), 'utf8');
  const districts = rows
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split(',').slice(2).filter(Boolean).join(' '));
  const names = [...new Set(districts)];
  assert.ok(names.length > 200, `${names.length}`);
  for (const name of names)
    assert.equal(maskAddress(`${name} 중앙로 12, 101동 1503호`), `${name} 중앙로 ***`);
});

test('an address typed in pieces on a Mac, or written close together, is masked all the same', () => {
  assert.equal(maskAddress('서울특별시 강남구 역삼동 12'.normalize('NFD')), '서울특별시 강남구 역삼동 ***');
  assert.equal(maskAddress('서울특별시  강남구,역삼동  12'), '서울특별시 강남구 역삼동 ***');
});

test('whatever stands in an address, no number of a house is left', () => {
  const houses = [
    '12',
    '12-3',
    '산 12',
    '지하 12',
    '12번지',
    '12(역삼동)',
    '12, 3층',
    '12번길 4',
    'B동 12호',
  ];
  for (const house of houses) {
    for (const place of [
      '서울특별시 강남구 역삼동',
      '서울특별시 강남구 테헤란로',
      '전북특별자치도 남원시',
      '',
    ])
      assert.doesNotMatch(maskAddress(`${place} ${house}`), /12/, `${place} ${house}`);
  }
});

test('names keep their ends, phones their last four digits, other texts nothing', () => {
  assert.deepEqual(['홍길동', '김솔', '남궁민수', '김', '', '홍*동'].map(maskName), [
    '홍*동',
    '김*',
    '남**수',
    '*',
    '',
    '홍*동',
  ]);
  assert.equal(maskPhone('01012345678'), '010-****-5678');
  assert.deepEqual(['문 앞 #1234', ''].map(maskText), ['***', '']);
});

test('a cell of an unknown file is hidden by the title of its column, or by its look', () => {
  assert.equal(hideCell('받는분', '홍길동'), '홍*동');
  assert.equal(hideCell('수취인 연락처', '010-1234-5678'), '010-****-5678');
  assert.equal(hideCell('배송지', '서울 강남구 역삼동 12-3'), '서울 강남구 역삼동 ***');
  assert.equal(hideCell('비고', '010-1234-5678'), '010-****-5678');
  assert.equal(hideCell('비고', '+82 10-1234-5678'), '********5678');
  assert.equal(hideCell('배송메세지', '공동현관 1234'), '***');
  assert.equal(hideCell('상품명', '원목 침대 퀸'), '원목 침대 퀸');
  assert.equal(hideCell('주문번호', '2026112112345678'), '2026112112345678');
});
