import type { Invariant } from '#lib/invariants.ts';
import { keysStand, rowsOf } from '#lib/invariants.ts';

export const invariants: readonly Invariant[] = [
  keysStand('couriers.keys', '택배', {
    courier_parcel_lines: ['parcel_id,line_no'],
    courier_result_rows: ['result_id,row_no'],
    courier_result_lines: ['result_id,line_no,channel_id'],
  }),
  {
    name: 'couriers.runs',
    sentence: '택배 파일에 적힌 택배, 상품주문, 상자의 수가 담긴 것과 같고, 만든 기록이 있습니다.',
    async *find(snap) {
      const rows = await rowsOf<{ id: number }>(
        snap,
        `SELECT run.id FROM courier_runs run LEFT JOIN (
           SELECT parcel.run_id, COUNT(*) AS parcels, SUM(parcel.boxes) AS boxes, SUM(parcel.again) AS again,
             MAX(parcel.position) AS last, SUM(own.n) AS n, SUM(own.n IS NULL) AS empty
           FROM courier_parcels parcel LEFT JOIN (
             SELECT parcel_id, COUNT(*) AS n FROM courier_parcel_lines GROUP BY parcel_id
           ) own ON own.parcel_id = parcel.id GROUP BY parcel.run_id
         ) held ON held.run_id = run.id
         WHERE held.run_id IS NULL OR held.parcels <> run.parcel_count OR held.n <> run.line_count
           OR held.boxes <> run.box_count OR held.again <> run.again_count OR held.last <> held.parcels - 1
           OR held.empty > 0 OR NOT EXISTS (SELECT 1 FROM events WHERE subject_type = 'courier_run'
             AND subject_id = run.id AND name = 'couriers.sheet_made')`,
      );
      for (const { id } of rows)
        yield {
          words: `택배 파일 ${id}번에 적힌 수가 담긴 택배와 다르거나 만든 기록이 없습니다.`,
          href: `/couriers/runs/${id}`,
        };
    },
  },
  {
    name: 'couriers.parcels',
    sentence: '택배 한 개는 택배 파일에 들어 있고, 한 채널의 상품주문만 담습니다.',
    async *find(snap) {
      const rows = await rowsOf<{ id: number; run_id: number | null }>(
        snap,
        `SELECT DISTINCT line.parcel_id AS id, run.id AS run_id FROM courier_parcel_lines line
         LEFT JOIN courier_parcels parcel ON parcel.id = line.parcel_id
         LEFT JOIN courier_runs run ON run.id = parcel.run_id
         WHERE run.id IS NULL OR parcel.channel_id <> line.channel_id`,
      );
      for (const { id, run_id } of rows)
        yield {
          words: `택배 ${id}번의 파일이 없거나 다른 채널의 상품주문이 담겨 있습니다.`,
          href: run_id ? `/couriers/runs/${run_id}` : '/couriers/runs',
        };
    },
  },
  {
    name: 'couriers.results',
    sentence: '송장 결과에 적힌 건수가 행과 같고, 적용하거나 되돌린 기록이 있습니다.',
    async *find(snap) {
      const rows = await rowsOf<{ id: number }>(
        snap,
        `SELECT own.id FROM courier_results own
         LEFT JOIN (SELECT result_id, COUNT(*) AS n FROM courier_result_rows GROUP BY result_id) told
           ON told.result_id = own.id
         LEFT JOIN (SELECT result_id, COUNT(*) AS n, SUM(undone <=> 'kept') AS kept, SUM(undone IS NULL) AS standing
           FROM courier_result_lines GROUP BY result_id) done ON done.result_id = own.id
         WHERE COALESCE(told.n, 0) <> own.row_count OR COALESCE(done.n, 0) > own.sent_count
           OR (own.state = 'undone' AND (COALESCE(done.kept, 0) <> own.kept_count OR done.standing > 0))
           OR (own.state IN ('proposed', 'discarded') AND done.standing > 0)
           OR (own.state = 'applied' AND NOT EXISTS (SELECT 1 FROM events WHERE subject_type = 'courier_result'
             AND subject_id = own.id AND name = 'couriers.result_applied'))
           OR (own.state = 'undone' AND NOT EXISTS (SELECT 1 FROM events WHERE subject_type = 'courier_result'
             AND subject_id = own.id AND name = 'couriers.result_undone'))`,
      );
      for (const { id } of rows)
        yield {
          words: `송장 결과 ${id}번에 적힌 수가 행과 다르거나 한 일의 기록이 없습니다.`,
          href: `/couriers/results/${id}`,
        };
    },
  },
  {
    name: 'couriers.sent',
    sentence: '송장 결과가 보낸 상품주문은 모두 있습니다.',
    betweenBatches: true,
    async *find(snap) {
      const rows = await rowsOf<{ id: number; line_no: string }>(
        snap,
        `SELECT done.result_id AS id, done.line_no FROM courier_result_lines done
         LEFT JOIN order_lines line ON line.line_no = done.line_no AND line.channel_id = done.channel_id
         WHERE done.undone IS NULL AND line.id IS NULL`,
      );
      for (const { id, line_no } of rows)
        yield {
          words: `송장 결과 ${id}번이 보낸 상품주문 ${line_no}번이 없습니다.`,
          href: `/couriers/results/${id}`,
        };
    },
  },
];
