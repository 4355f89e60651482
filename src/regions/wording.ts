import type { RegionBook, RegionName, Span } from './book.rules.ts';
import { findSpan } from './book.rules.ts';
import type { PostcodeStatus } from './postcode.rules.ts';
import type { Region } from './region.rules.ts';

/** How a region is written on screen and paper; 세종 has only its 시도. */
export function regionName(region: RegionName): string {
  if (region.sido === '') return '미분류';
  return region.sigungu === '' ? region.sido : `${region.sido} ${region.sigungu}`;
}

export const postcodeStatusNames: Record<PostcodeStatus, string> = {
  ok: '정상',
  restored: '앞자리 0 복원',
  retired: '폐지된 번호',
  old6: '옛 여섯 자리',
  empty: '우편번호 없음',
  invalid: '잘못된 번호',
  unknown: '모르는 번호',
};

/** What Moa read and why, a sentence each; nothing when there is nothing to tell. */
export function explainRegion(region: Region, book: RegionBook): string[] {
  return [
    statusReason(region, book),
    region.mismatch
      ? `주소에서 읽은 지역(${suggested(region)})이 우편번호의 지역과 다릅니다. 어느 쪽이 맞는지 확인해 주세요.`
      : '',
    !region.mismatch && region.suggestion
      ? `주소에서 읽은 지역은 ${suggested(region)}입니다. 맞는지 확인하고 직접 정해 주세요.`
      : '',
    region.remote ? `추가 배송비 지역입니다(${region.remoteLabel}).` : '',
  ].filter((sentence) => sentence !== '');
}

function statusReason({ status, postcode }: Region, book: RegionBook): string {
  if (status === 'restored') return `네 자리라서 앞의 0을 되살렸습니다(${postcode}).`;
  if (status === 'retired') {
    const retired = findSpan(book.retired, postcode);
    return `지금은 쓰지 않는 번호입니다. 새 번호는 ${retired?.newFrom}~${retired?.newTo} 안에 있습니다.`;
  }
  if (status === 'old6') return '2015년 8월 전의 여섯 자리 번호입니다. 주소로 새 번호를 찾아 주세요.';
  if (status === 'empty') return '우편번호가 없습니다.';
  if (status === 'invalid') return '우편번호는 숫자 다섯 자리입니다. 글자와 자릿수를 확인해 주세요.';
  if (status === 'unknown') return `우편번호 표에 없는 번호입니다(${postcode}).`;
  return '';
}

function suggested(region: Region): string {
  return region.suggestion ? regionName(region.suggestion) : '';
}

/** 01000~01299, or the one code. */
export function spanText({ from, to }: Span): string {
  return from === to ? from : `${from}~${to}`;
}

/** 2026-07-01 → 2026년 7월 1일 */
export function koreanDay(day: string): string {
  const [year, month, date] = day.split('-').map(Number);
  return `${year}년 ${month}월 ${date}일`;
}
