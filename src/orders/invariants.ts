import type { Finding, Invariant } from '#lib/invariants.ts';
import { keysStand, parts, rowsOf } from '#lib/invariants.ts';
import { dayOfNoTime } from './counts.ts';
import { claims, methods, statuses, statusNames } from './status.rules.ts';

/** Acts by hand, each of which adds one to the revision of the lines its event names. */
const handEvents = [
  'order.acknowledged',
  'order.held',
  'order.released',
  'order.cancelled',
  'order.dispatched',
  'order.dispatch_undone',
  'order.tracking_replaced',
  'order.corrected',
];

const list = (words: readonly string[]) => words.map((word) => `'${word}'`).join(',');

interface Line {
  order_id: number;
  line_no: string;
}

const at = ({ order_id }: Pick<Line, 'order_id'>) => `/orders/${order_id}`;

function* ofLines(lines: readonly Line[], words: (lineNo: string) => string): Generator<Finding> {
  for (const line of lines) yield { words: words(line.line_no), href: at(line) };
}

export const invariants: readonly Invariant[] = [
  keysStand('orders.keys', '주문', {
    orders: ['order_no,channel_id'],
    order_lines: ['id', 'line_no,channel_id,overlay_of'],
    line_counts: ['channel_id,day,status,method,batch_id'],
    counters: ['name'],
    import_rows: ['import_id,row_no'],
  }),
  {
    name: 'orders.order',
    sentence: '모든 상품주문은 같은 채널, 같은 주문번호의 주문에 들어 있습니다.',
    betweenBatches: true,
    async *find(snap) {
      for await (const [from, to] of parts(snap, 'order_lines')) {
        const rows = await rowsOf<Line & { shown: number | null; source_import_id: number | null }>(
          snap,
          `SELECT line.order_id, line.line_no, line.source_import_id, own.id AS shown FROM order_lines line
           LEFT JOIN orders own ON own.id = line.order_id
           WHERE line.id BETWEEN ? AND ?
             AND NOT (own.channel_id <=> line.channel_id AND own.order_no <=> line.order_no)`,
          [from, to],
        );
        for (const row of rows)
          yield {
            words: `상품주문 ${row.line_no}번의 주문이 없거나 다른 채널·주문번호의 것입니다.`,
            // an order that is gone has no page; the file it came with has
            href: row.shown ? at(row) : row.source_import_id ? `/imports/${row.source_import_id}` : '/orders',
          };
      }
    },
  },
  {
    name: 'orders.words',
    sentence: '상품주문의 상태, 클레임, 배송방법은 우리가 아는 말입니다.',
    betweenBatches: true,
    async *find(snap) {
      for await (const [from, to] of parts(snap, 'order_lines')) {
        yield* ofLines(
          await rowsOf<Line>(
            snap,
            `SELECT order_id, line_no FROM order_lines WHERE id BETWEEN ? AND ? AND NOT (
               status IN (${list(statuses)}) AND method IN (${list(methods)}) AND kind IN ('main', 'addon')
               AND (claim IS NULL OR claim IN (${list(claims)}))
               AND mall_report IN ('none', 'due', 'sent', 'seen'))`,
            [from, to],
          ),
          (no) => `상품주문 ${no}번의 상태나 배송방법에 모르는 말이 있습니다.`,
        );
      }
    },
  },
  {
    name: 'orders.settled',
    sentence: '가져오기가 쓰다 만 상품주문이 남아 있지 않습니다.',
    betweenBatches: true,
    async *find(snap) {
      const rows = await rowsOf<Line>(
        snap,
        `SELECT order_id, line_no FROM order_lines WHERE hidden_batch_id > 0
         UNION SELECT order_id, line_no FROM order_lines WHERE overlay_of > 0
         UNION SELECT line.order_id, line.line_no FROM order_lines line JOIN (
           SELECT DISTINCT batch_id FROM order_lines WHERE batch_id > 0
         ) written ON written.batch_id = line.batch_id
         LEFT JOIN change_batches batch ON batch.id = written.batch_id AND batch.state <> 'aborted'
         WHERE batch.id IS NULL`,
      );
      yield* ofLines(
        rows,
        (no) => `상품주문 ${no}번에 끝나지 않았거나 취소된 가져오기의 흔적이 남아 있습니다.`,
      );
    },
  },
  {
    name: 'orders.sources',
    sentence: '모든 상품주문은 가져온 행이나 주문서 입력 기록에서 왔습니다.',
    betweenBatches: true,
    async *find(snap) {
      for await (const [from, to] of parts(snap, 'order_lines')) {
        yield* ofLines(
          await rowsOf<Line>(
            snap,
            `SELECT line.order_id, line.line_no FROM order_lines line
             LEFT JOIN import_rows source
               ON source.import_id = line.source_import_id AND source.row_no = line.source_row
               AND source.line_no = line.line_no
             WHERE line.id BETWEEN ? AND ? AND source.import_id IS NULL
               AND (line.source_import_id IS NOT NULL OR NOT EXISTS (
                 SELECT 1 FROM events WHERE subject_type = 'order' AND subject_id = line.order_id
                   AND name = 'order.entered'))`,
            [from, to],
          ),
          (no) => `상품주문 ${no}번이 어디서 왔는지 기록이 없습니다.`,
        );
      }
    },
  },
  {
    name: 'orders.records',
    sentence: '상품주문이 바뀐 횟수만큼 가져오기나 사람이 한 일의 기록이 있습니다.',
    betweenBatches: true,
    async *find(snap) {
      for await (const [from, to] of parts(snap, 'order_lines', 'id', 20_000)) {
        yield* ofLines(
          await rowsOf<Line>(
            snap,
            `SELECT line.order_id, line.line_no FROM order_lines line
             WHERE line.id BETWEEN ? AND ? AND line.revision <> 1
               + (SELECT COUNT(*) FROM import_rows told JOIN imports own ON own.id = told.import_id
                  WHERE told.line_no = line.line_no AND own.channel_id = line.channel_id
                    AND own.state IN ('applied', 'undoing', 'undone') AND told.kind <> 'new'
                    AND told.applied_revision IS NOT NULL AND NOT told.undone <=> 'undone')
               + (SELECT COUNT(*) FROM events act
                  WHERE act.subject_type = 'order' AND act.subject_id = line.order_id
                    AND act.name IN (${list(handEvents)})
                    AND act.data LIKE CONCAT('%{"no":"', line.line_no, '"%'))`,
            [from, to],
          ),
          (no) => `상품주문 ${no}번이 바뀐 횟수와 남은 기록의 수가 다릅니다.`,
        );
      }
    },
  },
  {
    name: 'orders.held',
    sentence: '보류한 상품주문에는 누가 왜 보류했는지 기록이 있습니다.',
    betweenBatches: true,
    async *find(snap) {
      yield* ofLines(
        await rowsOf<Line>(
          snap,
          `SELECT line.order_id, line.line_no FROM order_lines line
           WHERE line.status = 'held' AND COALESCE((
             SELECT act.name FROM events act
             WHERE act.subject_type = 'order' AND act.subject_id = line.order_id
               AND act.name IN ('order.held', 'order.released')
               AND act.data LIKE CONCAT('%{"no":"', line.line_no, '"%')
             ORDER BY act.id DESC LIMIT 1), '') <> 'order.held'`,
        ),
        (no) => `보류 상태인 상품주문 ${no}번에 보류한 기록이 없습니다.`,
      );
    },
  },
  {
    name: 'orders.stores',
    sentence: '우리 매장의 상품주문은 몰에 알릴 것이 없습니다.',
    betweenBatches: true,
    async *find(snap) {
      yield* ofLines(
        await rowsOf<Line>(
          snap,
          `SELECT line.order_id, line.line_no FROM order_lines line JOIN channels own ON own.id = line.channel_id
           WHERE own.layout = 'store' AND line.mall_report <> 'none'`,
        ),
        (no) => `매장 상품주문 ${no}번이 몰에 알릴 것으로 되어 있습니다.`,
      );
    },
  },
  {
    name: 'orders.counts',
    sentence: '주문 목록의 탭에 적힌 건수가 상품주문의 수와 같습니다.',
    betweenBatches: true,
    async *find(snap) {
      const rows = await rowsOf<{ day: string; status: string; kept: string; n: string }>(
        snap,
        `SELECT day, status, SUM(kept) AS kept, SUM(n) AS n FROM (
           SELECT channel_id, day, status, method, n AS kept, 0 AS n FROM line_counts
           UNION ALL
           SELECT channel_id, COALESCE(DATE(ordered_at), '${dayOfNoTime}'), status, method, 0, COUNT(*)
           FROM order_lines GROUP BY channel_id, DATE(ordered_at), status, method
         ) both_ways GROUP BY channel_id, day, status, method HAVING kept <> n ORDER BY day, status`,
      );
      for (const { day, status, kept, n } of rows)
        yield {
          words: `${day} ${statusNames[status as keyof typeof statusNames] ?? status} 탭은 ${kept}건이라고 하지만 상품주문은 ${n}건입니다.`,
          href: `/orders?status=${status}&from=${day}&to=${day}`,
        };
    },
  },
];
