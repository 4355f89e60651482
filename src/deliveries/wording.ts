import type { EventRow } from '#lib/events.ts';
import { claimNames, orderEventWords, statusNames } from '#orders';
import { postcodeStatusNames, type Region } from '#regions';
import type { DeliveryItem } from './items.rules.ts';
import type { DeliveryRow } from './tables.ts';

/** A word that must be seen beside a delivery, with its colour; `why` says more. */
export interface Badge {
  label: string;
  tone: 'neutral' | 'blue' | 'amber' | 'red' | 'violet' | 'teal';
  why?: string;
}

type Counts = Pick<DeliveryRow, 'added_count' | 'returned_count' | 'exchanged_count' | 'cancelled_count'>;

/** What changed after the order: the crew must not miss it, on screen or on paper. */
export function changeBadges(row: Counts): Badge[] {
  const badges: (Badge & { n: number })[] = [
    { label: '추가', tone: 'blue', n: row.added_count, why: '나중에 들어온 상품이 있습니다.' },
    { label: '반품', tone: 'red', n: row.returned_count, why: '반품되었거나 반품을 요청한 상품이 있습니다.' },
    {
      label: '교환',
      tone: 'violet',
      n: row.exchanged_count,
      why: '교환되었거나 교환을 요청한 상품이 있습니다.',
    },
    {
      label: '취소',
      tone: 'neutral',
      n: row.cancelled_count,
      why: '취소되었거나 취소를 요청한 상품이 있습니다.',
    },
  ];
  return badges.filter(({ n }) => n > 0).map(({ label, tone, why }) => ({ label, tone, why }));
}

/** Why a person should look at where this goes. */
export function regionBadges(row: DeliveryRow, region: Region): Badge[] {
  const badges: Badge[] = [];
  if (row.region_by_hand)
    badges.push({ label: '직접 정함', tone: 'neutral', why: '사람이 정한 지역입니다.' });
  else if (row.region_status !== 'ok') {
    badges.push({
      label: postcodeStatusNames[row.region_status],
      tone: row.sido === '' ? 'red' : 'amber',
      why: row.sido === '' ? '우편번호로 지역을 읽지 못했습니다.' : '우편번호를 확인해 주세요.',
    });
  }
  if (row.region_mismatch && !row.region_by_hand) {
    badges.push({
      label: '주소와 다름',
      tone: 'red',
      why: '주소에 적힌 지역과 우편번호의 지역이 다릅니다.',
    });
  }
  if (row.address_differs) {
    badges.push({
      label: '주소 여럿',
      tone: 'amber',
      why: '한 배송에 수취인이나 주소가 다른 상품이 있습니다.',
    });
  }
  if (region.remote) {
    badges.push({
      label: region.remote === 'jeju' ? '제주' : '도서산간',
      tone: 'teal',
      why: `추가 배송비 지역입니다(${region.remoteLabel}).`,
    });
  }
  return badges;
}

/** '발주확인', or '클레임 요청 · 반품 요청' while a claim is open. */
export function lineStatusWords(item: Pick<DeliveryItem, 'status' | 'claim'>): string {
  return [statusNames[item.status], item.claim ? claimNames[item.claim] : ''].filter(Boolean).join(' · ');
}

/** What happened to the delivery itself; what happened to its orders is told by them. */
export function eventWords(event: Pick<EventRow, 'name' | 'data'>): string {
  const { before, after } = JSON.parse(event.data) as Record<string, string>;
  if (event.name === 'delivery.region_set') return `지역을 정했습니다: ${before} → ${after}`;
  if (event.name === 'delivery.region_reread') {
    return `우편번호 표가 바뀌어 지역이 달라졌습니다: ${before} → ${after}`;
  }
  return orderEventWords(event);
}
