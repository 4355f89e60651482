import type { Snapshot } from '#lib/batches.ts';
import type { Invariant } from '#lib/invariants.ts';
import { keysStand, parts, rowsOf } from '#lib/invariants.ts';
import { type BundleLine, summarise } from './bundling.rules.ts';
import { tabNames } from './filter.rules.ts';
import type { DeliveryRow } from './tables.ts';

interface Line {
  order_id: number;
  line_no: string;
}

const atHome = `'new', 'acknowledged', 'held', 'claimed'`;

/**
 * Deliveries of a range that may not be what their lines make them: a quick look that errs only by naming too many.
 * `bundling.rules.ts` has the last word on those.
 */
const suspects = `
  SELECT delivery.id FROM deliveries delivery LEFT JOIN (
    SELECT delivery_id, COUNT(*) AS n, SUM(status <> 'cancelled') AS wanted, SUM(added AND status <> 'cancelled') AS added,
      SUM(status <> 'cancelled' AND (status = 'returned' OR claim <=> 'return_requested')) AS coming_back,
      SUM(status <> 'cancelled' AND (status = 'exchanged' OR claim <=> 'exchange_requested')) AS exchanged,
      SUM(status = 'cancelled' OR claim <=> 'cancel_requested') AS cancelled,
      SUM(status = 'returned') AS returned, SUM(status IN (${atHome})) AS at_home, SUM(status = 'dispatched') AS away,
      COUNT(DISTINCT IF(status <> 'cancelled', BINARY CONCAT_WS('|', recipient_name, recipient_phone, address, address_detail, memo), NULL)) AS homes,
      MAX(IF(status <> 'cancelled', recipient_name, NULL)) AS name,
      MAX(IF(status <> 'cancelled', recipient_phone, NULL)) AS phone,
      MAX(IF(status <> 'cancelled', address, NULL)) AS address,
      MAX(IF(status <> 'cancelled', address_detail, NULL)) AS detail,
      MAX(IF(status <> 'cancelled', memo, NULL)) AS memo,
      COALESCE(MIN(IF(status <> 'cancelled', DATE(ordered_at), NULL)), IF(SUM(status <> 'cancelled') = 0, MIN(DATE(ordered_at)), NULL)) AS ordered_on,
      COALESCE(MIN(IF(status <> 'cancelled', DATE(ship_by), NULL)), IF(SUM(status <> 'cancelled') = 0, MIN(DATE(ship_by)), NULL)) AS ship_by,
      COALESCE(MIN(IF(status <> 'cancelled', DATE(wished_on), NULL)), IF(SUM(status <> 'cancelled') = 0, MIN(DATE(wished_on)), NULL)) AS wished_on
    FROM order_lines WHERE delivery_id BETWEEN ? AND ? GROUP BY delivery_id
  ) own ON own.delivery_id = delivery.id
  WHERE delivery.id BETWEEN ? AND ? AND (own.n IS NULL OR NOT (
    delivery.line_count = own.n AND delivery.live_count = own.wanted AND delivery.added_count = own.added
    AND delivery.returned_count = own.coming_back AND delivery.exchanged_count = own.exchanged
    AND delivery.cancelled_count = own.cancelled
    AND delivery.ordered_on <=> own.ordered_on AND delivery.ship_by <=> own.ship_by AND delivery.wished_on <=> own.wished_on
    AND delivery.state = CASE WHEN own.wanted = 0 THEN 'cancelled' WHEN own.returned = own.wanted THEN 'returned'
      WHEN own.at_home = own.wanted THEN 'waiting' WHEN own.at_home > 0 THEN 'partial'
      WHEN own.away > 0 THEN 'dispatched' ELSE 'delivered' END
    AND (own.wanted = 0 OR own.homes = 1) AND (own.wanted = 0 OR (
      BINARY delivery.recipient_name = BINARY own.name AND delivery.recipient_phone = own.phone
      AND BINARY delivery.address = BINARY own.address AND BINARY delivery.address_detail = BINARY own.detail
      AND BINARY delivery.memo = BINARY own.memo))))`;

/** What people go by: the rest of a summary follows from the same lines. */
const fields = {
  state: '상태',
  line_count: '상품 수',
  live_count: '보낼 상품 수',
  added_count: '추가 수',
  returned_count: '반품 수',
  exchanged_count: '교환 수',
  cancelled_count: '취소 수',
  recipient_name: '수취인',
  recipient_phone: '연락처',
  recipient_phone2: '연락처2',
  address: '주소',
  address_detail: '상세주소',
  address_differs: '주소 여럿',
  memo: '배송메모',
  ordered_on: '주문일',
  ship_by: '발송기한',
  wished_on: '희망일',
} as const satisfies Partial<Record<keyof DeliveryRow, string>>;

const summedAtOnce = 1000;

/** The deliveries of `ids` that are not what their lines make them, with what differs. */
async function* wrongSums(
  snap: Snapshot,
  ids: readonly number[],
): AsyncGenerator<{ id: number; differs: string[] }> {
  for (let at = 0; at < ids.length; at += summedAtOnce) {
    const some = ids.slice(at, at + summedAtOnce);
    const rows: DeliveryRow[] = await snap.db('deliveries').whereIn('id', some).orderBy('id');
    const lines: (BundleLine & { delivery_id: number })[] = await snap
      .db('order_lines')
      .whereIn('delivery_id', some);
    const own = Map.groupBy(lines, (line) => line.delivery_id);
    for (const row of rows) {
      const held = own.get(row.id);
      if (!held) {
        yield { id: row.id, differs: [] };
        continue;
      }
      const summary = summarise(held);
      const differs = (Object.keys(fields) as (keyof typeof fields)[]).filter(
        (field) => row[field] !== summary[field],
      );
      if (differs.length > 0) yield { id: row.id, differs: differs.map((field) => fields[field]) };
    }
  }
}

export const invariants: readonly Invariant[] = [
  keysStand('deliveries.keys_unique', '배송', {
    delivery_keys: ['channel_id,bundle_key'],
    delivery_counts: ['tab,sido,sigungu,batch_id'],
    print_runs: ['run_no'],
    print_run_rows: ['print_run_id,position'],
  }),
  {
    name: 'deliveries.lines',
    sentence:
      '직접전달 상품주문은 모두 같은 채널의 배송 하나에 들어 있고, 다른 상품주문은 들어 있지 않습니다.',
    betweenBatches: true,
    async *find(snap) {
      for await (const [from, to] of parts(snap, 'order_lines')) {
        const rows = await rowsOf<Line & { method: string; delivery_id: number | null }>(
          snap,
          `SELECT line.order_id, line.line_no, line.method, line.delivery_id FROM order_lines line
           LEFT JOIN deliveries own ON own.id = line.delivery_id AND own.channel_id = line.channel_id
           WHERE line.id BETWEEN ? AND ?
             AND IF(line.method = 'direct', own.id IS NULL, line.delivery_id IS NOT NULL)`,
          [from, to],
        );
        for (const { order_id, line_no, method, delivery_id } of rows) {
          const words =
            method !== 'direct'
              ? `직접전달이 아닌 상품주문 ${line_no}번이 배송 ${delivery_id}번에 들어 있습니다.`
              : delivery_id === null
                ? `직접전달 상품주문 ${line_no}번이 어느 배송에도 없습니다.`
                : `직접전달 상품주문 ${line_no}번의 배송 ${delivery_id}번이 없거나 다른 채널의 것입니다.`;
          yield { words, href: `/orders/${order_id}` };
        }
      }
    },
  },
  {
    name: 'deliveries.sums',
    sentence: '배송의 상태, 건수, 날짜, 받는 곳은 들어 있는 상품주문과 맞습니다. 빈 배송은 없습니다.',
    betweenBatches: true,
    async *find(snap) {
      for await (const [from, to] of parts(snap, 'deliveries', 'id', 20_000)) {
        const found = await rowsOf<{ id: number }>(snap, suspects, [from, to, from, to]);
        const ids = found.map(({ id }) => id);
        for await (const { id, differs } of wrongSums(snap, ids)) {
          const words =
            differs.length === 0
              ? `배송 ${id}번에 상품주문이 하나도 없습니다.`
              : `배송 ${id}번이 상품주문과 다릅니다: ${differs.join(', ')}.`;
          yield { words, href: `/deliveries/${id}` };
        }
      }
    },
  },
  {
    name: 'deliveries.bundles',
    sentence: '상품주문의 묶음번호는 그 상품주문이 든 배송으로 이어집니다.',
    betweenBatches: true,
    async *find(snap) {
      for await (const [from, to] of parts(snap, 'order_lines')) {
        const rows = await rowsOf<Line & { delivery_id: number }>(
          snap,
          `SELECT line.order_id, line.line_no, line.delivery_id FROM order_lines line
           LEFT JOIN delivery_keys known ON known.channel_id = line.channel_id
             AND known.bundle_key = IF(line.bundle_no = '', CONCAT('order:', line.order_no), line.bundle_no)
           WHERE line.id BETWEEN ? AND ? AND line.delivery_id IS NOT NULL
             AND NOT known.delivery_id <=> line.delivery_id`,
          [from, to],
        );
        for (const { delivery_id, line_no } of rows)
          yield {
            words: `상품주문 ${line_no}번의 묶음번호가 배송 ${delivery_id}번이 아닌 곳으로 이어집니다.`,
            href: `/deliveries/${delivery_id}`,
          };
      }
      const loose = await rowsOf<{ bundle_key: string; delivery_id: number }>(
        snap,
        `SELECT known.bundle_key, known.delivery_id FROM delivery_keys known
         LEFT JOIN deliveries own ON own.id = known.delivery_id AND own.channel_id = known.channel_id
         WHERE own.id IS NULL`,
      );
      for (const { bundle_key, delivery_id } of loose)
        yield {
          words: `묶음번호 ${bundle_key}번이 없는 배송 ${delivery_id}번으로 이어집니다.`,
          href: '/deliveries?state=all',
        };
    },
  },
  {
    name: 'deliveries.settled',
    sentence: '가져오기가 쓰다 만 배송이 남아 있지 않습니다.',
    betweenBatches: true,
    async *find(snap) {
      const rows = await rowsOf<{ id: number }>(
        snap,
        `SELECT id FROM deliveries WHERE hidden_batch_id > 0 UNION SELECT id FROM deliveries WHERE overlay_of > 0
         UNION SELECT delivery.id FROM deliveries delivery JOIN (
           SELECT DISTINCT batch_id FROM deliveries WHERE batch_id > 0
         ) written ON written.batch_id = delivery.batch_id
         LEFT JOIN change_batches batch ON batch.id = written.batch_id AND batch.state <> 'aborted'
         WHERE batch.id IS NULL`,
      );
      for (const { id } of rows)
        yield {
          words: `배송 ${id}번에 끝나지 않았거나 취소된 가져오기의 흔적이 남아 있습니다.`,
          href: `/deliveries/${id}`,
        };
    },
  },
  {
    name: 'deliveries.counts',
    sentence: '배송 목록의 탭과 지역에 적힌 건수가 배송의 수와 같습니다.',
    betweenBatches: true,
    async *find(snap) {
      const rows = await rowsOf<{ tab: string; sido: string; sigungu: string; kept: string; n: string }>(
        snap,
        `SELECT tab, sido, sigungu, SUM(kept) AS kept, SUM(n) AS n FROM (
           SELECT tab, sido, sigungu, n AS kept, 0 AS n FROM delivery_counts
           UNION ALL SELECT tab, sido, sigungu, 0, COUNT(*) FROM deliveries GROUP BY tab, sido, sigungu
         ) both_ways GROUP BY tab, sido, sigungu HAVING kept <> n`,
      );
      for (const { tab, sido, sigungu, kept, n } of rows) {
        const place = [sido, sigungu].filter(Boolean).join(' ') || '미분류';
        const query = new URLSearchParams({
          state: tab === 'open' ? '' : tab,
          sido: sido || '미분류',
          sigungu,
        });
        yield {
          words: `${tabNames[tab as keyof typeof tabNames] ?? tab} 탭의 ${place}: ${kept}건이라고 하지만 배송은 ${n}건입니다.`,
          href: `/deliveries?${query}`,
        };
      }
    },
  },
  {
    name: 'deliveries.prints',
    sentence: '출력 회차는 번호가 이어지고, 적힌 건수만큼의 배송과 출력 기록이 있습니다.',
    async *find(snap) {
      const rows = await rowsOf<{
        id: number;
        run_no: number;
        delivery_count: number;
        n: number;
        told: number;
      }>(
        snap,
        `SELECT run.id, run.run_no, run.delivery_count, COUNT(own.position) AS n,
           (SELECT COUNT(*) FROM events WHERE subject_type = 'print_run' AND subject_id = run.id
              AND name = 'delivery.printed') AS told
         FROM print_runs run LEFT JOIN print_run_rows own ON own.print_run_id = run.id
         GROUP BY run.id HAVING n <> delivery_count OR COALESCE(MAX(own.position), -1) <> n - 1 OR told <> 1`,
      );
      for (const { id, run_no, delivery_count, n } of rows)
        yield {
          words: `${run_no}회차 출력은 배송 ${delivery_count}건이라고 하지만 ${n}건이 남아 있거나 출력 기록이 없습니다.`,
          href: `/deliveries/prints/${id}`,
        };
      const [series] = await rowsOf<{ n: number; last: number; drawn: number }>(
        snap,
        `SELECT COUNT(*) AS n, COALESCE(MAX(run_no), 0) AS last,
           COALESCE((SELECT value FROM counters WHERE name = 'print_run'), 0) AS drawn FROM print_runs`,
      );
      if (new Set(Object.values(series!).map(Number)).size > 1)
        yield {
          words: `출력 회차가 ${series!.drawn}회차까지 나갔는데 ${series!.n}개만 남아 있습니다.`,
          href: '/deliveries/prints',
        };
    },
  },
];
