-- Makes the year of bench/lists/data.sql whole: every line came with a row of an import, and every act has its event.

INSERT INTO change_batches (id, kind, state, channel_id, import_id, owner, beat_at, actor_name, ended_at)
  VALUES (1, 'apply', 'done', 1, 1, 'drill', NOW(3), '모아', NOW());

INSERT INTO imports (
  id, channel_id, file_name, file_size, file_sha256, state, rows_read, order_count, line_count, new_count,
  created_by_name, read_at, applied_at, file_destroyed_at
)
  SELECT 1, 1, '지난해.xlsx', 0, REPEAT('0', 64), 'applied', COUNT(*), COUNT(DISTINCT order_id), COUNT(*), COUNT(*),
    '모아', NOW(), NOW(), NOW()
  FROM order_lines;

INSERT INTO import_rows (import_id, row_no, kind, line_no, order_no, main_line_no)
  SELECT 1, id, 'new', line_no, order_no, main_line_no FROM order_lines;

-- The mall's own columns: as large as they are, and as hard to pack again.
INSERT INTO kept_cells (import_id, block_no, first_row, packed)
  SELECT 1, seq, seq * 100, CONCAT(
    RANDOM_BYTES(1024), RANDOM_BYTES(1024), RANDOM_BYTES(1024), RANDOM_BYTES(1024), RANDOM_BYTES(1024),
    RANDOM_BYTES(1024), RANDOM_BYTES(1024), RANDOM_BYTES(1024), RANDOM_BYTES(1024), RANDOM_BYTES(1024))
  FROM seq_0_to_1000000 WHERE seq <= (SELECT MAX(id) DIV 100 FROM order_lines);

INSERT INTO events (name, subject_type, subject_id, actor_name, data, at)
  VALUES ('import.applied', 'import', 1, '모아', '{}', NOW(3));

-- Later orders of a home say nothing that its delivery would have to repeat.
UPDATE order_lines SET source_import_id = 1, source_row = id, revision = IF(status = 'held', 2, 1),
  hand_fields = IF(status = 'held', 'status', ''), memo = IF(added, '', memo), claim = NULL;

INSERT INTO events (name, subject_type, subject_id, actor_name, data, at)
  SELECT 'order.held', 'order', order_id, '김하나',
    CONCAT('{"reason":"확인","lines":[', GROUP_CONCAT(CONCAT('{"no":"', CONVERT(line_no USING utf8mb4), '","before":{"status":"new"}}')), ']}'),
    NOW(3)
  FROM order_lines WHERE status = 'held' GROUP BY order_id;

ANALYZE TABLE import_rows, events, kept_cells;
