import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { RegionBook } from '../../src/regions/book.rules.ts';
import { regionOf } from '../../src/regions/region.rules.ts';
import { explainRegion, regionName } from '../../src/regions/wording.ts';
import { seedBook } from './seed-book.ts';

let book: RegionBook;
before(async () => {
  book = await seedBook();
});
const region = (postcode: string | null, address: string) => regionOf(book, { postcode, address });

test('the postal code decides and an address that agrees adds nothing', () => {
  assert.deepEqual(region('06236', '서울 강남구 테헤란로 152'), {
    status: 'ok',
    postcode: '06236',
    sido: '서울특별시',
    sigungu: '강남구',
    mismatch: false,
    suggestion: null,
    remote: null,
    remoteLabel: '',
  });
});

test('when the address lies elsewhere the code stands, and both are shown to a person', () => {
  const { sido, sigungu, mismatch, suggestion } = region('06236', '부산 해운대구 우동');
  assert.deepEqual([sido, sigungu, mismatch], ['서울특별시', '강남구', true]);
  assert.deepEqual(suggestion, { sido: '부산광역시', sigungu: '해운대구' });
});

test('an address never stands in for a code that cannot be read, it is only proposed', () => {
  for (const postcode of [null, '', '135-080', '123', '99999']) {
    const { sido, sigungu, mismatch, suggestion } = region(postcode, '서울 강남구 역삼동');
    assert.deepEqual([sido, sigungu, mismatch], ['', '', false]);
    assert.deepEqual(suggestion, { sido: '서울특별시', sigungu: '강남구' });
  }
  assert.equal(region('135-080', '역삼동 12').suggestion, null);
});

test('of the wards that share a code the address names the right one', () => {
  assert.equal(region('16461', '경기 수원시 권선구 매교동').sigungu, '수원시 권선구');
  assert.equal(region('16461', '경기 수원시 팔달구 교동').sigungu, '수원시 팔달구');
  assert.equal(region('16461', '경기 수원시').sigungu, '수원시 팔달구');
  assert.equal(region('22855', '인천 검단구 백석동').sigungu, '검단구');
  assert.equal(region('22855', '인천 서해구 검암동').sigungu, '서해구');
  assert.equal(region('22855', '인천 서구 백석동').sigungu, '서해구');
  assert.equal(region('22855', '인천 검단구').mismatch, false);
});

test('a shared code still differs from another city', () => {
  const { sigungu, mismatch } = region('16461', '경기 용인시 수지구');
  assert.deepEqual([sigungu, mismatch], ['수원시 팔달구', true]);
  assert.equal(region('22855', '인천 연수구').mismatch, true);
});

test('areas with an extra delivery fee are known by the code', () => {
  assert.deepEqual([region('63000', '').remote, region('63644', '').remote], ['jeju', 'jeju']);
  assert.equal(region('40210', '경북 울릉군').remote, 'island');
  assert.equal(region('40210', '경북 울릉군').remoteLabel, '울릉군');
  assert.equal(region('06236', '제주시 연동').remote, null);
});

test('each odd reading has a sentence that says why', () => {
  const why = (postcode: string, address: string) => explainRegion(region(postcode, address), book).join(' ');
  assert.equal(why('06236', '서울 강남구'), '');
  assert.match(why('6236', ''), /앞의 0을 되살렸습니다\(06236\)/);
  assert.match(why('39010', ''), /43100~43166/);
  assert.match(why('135-080', '서울 강남구'), /여섯 자리.*서울특별시 강남구/);
  assert.match(why('', ''), /우편번호가 없습니다/);
  assert.match(why('abc', ''), /다섯 자리/);
  assert.match(why('99999', ''), /없는 번호/);
  assert.match(why('06236', '부산 해운대구'), /부산광역시 해운대구.*다릅니다/);
  assert.match(why('63000', ''), /추가 배송비/);
});

test('a region without 시군구 is called by its 시도, and no region at all 미분류', () => {
  assert.equal(regionName({ sido: '세종특별자치시', sigungu: '' }), '세종특별자치시');
  assert.equal(regionName({ sido: '서울특별시', sigungu: '강남구' }), '서울특별시 강남구');
  assert.equal(regionName({ sido: '', sigungu: '' }), '미분류');
});
