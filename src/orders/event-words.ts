import type { EventRow } from '#lib/events.ts';
import { won } from '#lib/money.ts';
import { fieldNames } from './field-names.ts';
import type { ContentField } from './tables.ts';

/** What a person did to an order, as timelines say it. */
export function orderEventWords({ name, data }: Pick<EventRow, 'name' | 'data'>): string {
  const told = JSON.parse(data) as {
    method?: string;
    courier?: string;
    trackingNo?: string;
    reason?: string;
    changes?: { field: ContentField }[];
    before?: { paid: number };
    after?: { paid: number };
  };
  switch (name) {
    case 'order.dispatched':
      return told.method === 'courier'
        ? `택배로 발송했습니다: ${told.courier} ${told.trackingNo}`
        : '직접전달로 발송했습니다.';
    case 'order.tracking_replaced':
      return `송장번호를 바꿨습니다: ${told.courier} ${told.trackingNo}`;
    case 'order.dispatch_undone':
      return '발송을 취소했습니다.';
    case 'order.held':
      return `보류했습니다: ${told.reason}`;
    case 'order.released':
      return '보류를 풀었습니다.';
    case 'order.acknowledged':
      return '발주확인했습니다.';
    case 'order.entered':
      return '주문서를 입력했습니다.';
    case 'order.corrected':
      return `고쳤습니다: ${[...new Set(told.changes?.map(({ field }) => fieldNames[field]))].join(', ')}`;
    case 'order.payment_changed':
      return `결제를 고쳤습니다: 받은 금액 ${won(told.before?.paid)}원 → ${won(told.after?.paid)}원`;
    case 'order.cancelled':
      return `취소했습니다: ${told.reason}`;
    default:
      return name;
  }
}
