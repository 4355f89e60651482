-- A year of a bed shop that ends today: @orders orders, 1.6 times as many lines, two thirds as many deliveries.
-- What belongs to order n follows from n alone, so every run measures the same shop.
-- Of 30 orders 24 are brought by our own people; 4 of these go to the home of the order before, as later additions.

-- Names are as frequent as Korean ones: a fifth of the people are called 김.
CREATE OR REPLACE FUNCTION bench_name(person INT) RETURNS VARCHAR(10) CHARACTER SET utf8mb4 DETERMINISTIC RETURN CONCAT(
  ELT(
    1 + INTERVAL(CRC32(CONCAT('s', person)) % 1000, 215, 362, 446, 493, 536, 560, 581, 602, 622, 641, 658, 673, 688,
      702, 716, 729, 742, 755, 766, 777, 787, 797, 806, 815, 823, 831, 838, 845, 870, 900, 930, 960, 985),
    '김', '이', '박', '최', '정', '강', '조', '윤', '장', '임', '한', '오', '서', '신', '권', '황', '안', '송', '전', '홍', '유', '고',
    '문', '양', '손', '배', '백', '허', '남', '심', '노', '하', '곽', '남궁'
  ),
  SUBSTR('민지서하예도윤준현수은영태상유진', 1 + CRC32(CONCAT('a', person)) % 16, 1),
  SUBSTR('아준우연서호빈원희경미철수영재현', 1 + CRC32(CONCAT('b', person)) % 16, 1)
);

CREATE TABLE bench_districts (at INT PRIMARY KEY, from_code INT, to_code INT, sido VARCHAR(30), sigungu VARCHAR(30))
  CHARACTER SET utf8mb4;

INSERT INTO bench_districts
  SELECT ROW_NUMBER() OVER (ORDER BY from_code), from_code + 0, to_code + 0, sido, sigungu
  FROM region_ranges WHERE valid_to IS NULL;

SET @districts = (SELECT COUNT(*) FROM bench_districts);

INSERT INTO products (id, name, is_new)
  SELECT seq + 1, CONCAT(
    ELT(1 + seq % 6, '원목 침대', '수납 침대', '독립스프링 매트리스', '라텍스 매트리스', '저상형 침대', '매트리스 커버'), ' ', seq + 1), seq > 55
  FROM seq_0_to_59;

INSERT INTO options (id, product_id, name, is_new)
  SELECT seq + 1, 1 + seq DIV 6,
    ELT(1 + seq % 6, '싱글(S)', '슈퍼싱글(SS)', '더블(D)', '퀸(Q)', '킹(K)', '라지킹(LK)'), seq > 340
  FROM seq_0_to_359;

INSERT INTO channel_options (id, channel_id, product_no, is_addon, product_name, option_text, text_hash, option_id)
  SELECT options.id, 1, 8000000 + options.product_id, 0, products.name, CONCAT('사이즈: ', options.name),
    UNHEX(MD5(options.id)), options.id
  FROM options JOIN products ON products.id = options.product_id;

-- What the lines of an order share. A home with two orders has one person; two buyers of five send it to another.
CREATE TABLE bench_orders (
  n INT PRIMARY KEY, home INT, person INT, direct TINYINT, ordered_at DATETIME, age INT, line_count TINYINT,
  postcode VARCHAR(5), address VARCHAR(100)
) CHARACTER SET utf8mb4;

INSERT INTO bench_orders
  SELECT n, home, IF(home % 5 < 3, home, home + 10000000), n % 5 <> 0, ordered_at, DATEDIFF(CURDATE(), ordered_at),
    IF(n % 20 < 12, 1, IF(n % 20 < 17, 2, IF(n % 20 < 19, 3, 4))),
    IF(home % 331 = 0, '', LPAD(from_code + CRC32(CONCAT('z', home)) % (to_code - from_code + 1), 5, '0')),
    CONCAT_WS(' ', sido, NULLIF(sigungu, ''),
      ELT(1 + home % 5, '중앙로', '번영로', '시청길', '은행나무로', '샘터길'), 1 + home % 280)
  FROM (
    SELECT seq AS n, seq - (seq % 30 IN (7, 13, 19, 28)) AS home,
      FROM_UNIXTIME(UNIX_TIMESTAMP(CURDATE()) - 364 * 86400 + FLOOR(seq / @orders * 364 * 86400 + 32400)) AS ordered_at
    FROM seq_1_to_10000000 WHERE seq <= @orders
  ) numbered
  JOIN bench_districts ON bench_districts.at = 1 + CRC32(CONCAT('d', home)) % @districts;

INSERT INTO orders (id, channel_id, order_no)
  SELECT n, 1, CONCAT(DATE_FORMAT(ordered_at, '%Y%m%d'), LPAD(n, 8, '0')) FROM bench_orders;

-- How far each line has come: the older the further, and a few went back.
CREATE TABLE bench_lines (
  n INT, at INT, day CHAR(8), method VARCHAR(10), status VARCHAR(14), sent TINYINT, PRIMARY KEY (n, at)
) CHARACTER SET utf8mb4;

INSERT INTO bench_lines
  SELECT n, at, DATE_FORMAT(ordered_at, '%Y%m%d'), IF(direct, 'direct', IF(n % 400 = 0, 'pickup', 'courier')),
    CASE
      WHEN dice < 4 THEN 'cancelled'
      WHEN age < 2 THEN 'new'
      WHEN age < 6 THEN IF(dice < 8, 'held', 'acknowledged')
      WHEN dice < 6 THEN 'claimed'
      WHEN dice < 9 THEN 'returned'
      WHEN dice < 11 THEN 'exchanged'
      WHEN age < 12 THEN 'dispatched'
      WHEN age < 24 THEN 'delivered'
      ELSE 'confirmed'
    END,
    age >= 6 AND dice >= 11
  FROM (
    SELECT n, at, ordered_at, direct, age, CRC32(CONCAT('t', n, at)) % 100 AS dice
    FROM bench_orders JOIN (SELECT seq AS at FROM seq_1_to_4) numbers ON at <= line_count
  ) drawn;

INSERT INTO order_lines (
  channel_id, order_id, line_no, order_no, kind, main_line_no, channel_option_id, quantity, amount, status, claim,
  mall_status, mall_detail, method, method_text, courier, tracking_no, bundle_no, shipping_fee,
  buyer_name, buyer_id, buyer_phone, recipient_name, recipient_phone, recipient_phone2,
  postcode, address, address_detail, memo, ordered_at, paid_at, ship_by, delivery_id, joined_by, added
)
  SELECT 1, n, CONCAT(day, LPAD(n * 4 + at, 8, '0')), CONCAT(day, LPAD(n, 8, '0')),
    IF(at = 1, 'main', 'addon'), IF(at = 1, NULL, CONCAT(day, LPAD(n * 4 + 1, 8, '0'))),
    1 + CRC32(CONCAT('o', n, at)) % 360, 1 + (n % 17 = 0), 39000 + CRC32(CONCAT('w', n, at)) % 900 * 1000,
    status, IF(status = 'claimed', ELT(1 + n % 3, 'cancel_requested', 'return_requested', 'exchange_requested'), NULL),
    '발송대기', '', method, IF(method = 'direct', '직접전달', '택배,등기,소포'),
    IF(method = 'courier' AND sent, '한진택배', ''), IF(method = 'courier' AND sent, 400000000000 + n, ''),
    CONCAT(day, LPAD(99999999 - n, 8, '0')), IF(at = 1, 30000, 0),
    bench_name(home), 'moa****', CONCAT('010', LPAD(CRC32(CONCAT('p', home)) % 100000000, 8, '0')),
    bench_name(person),
    IF(home % 4 = 0, CONCAT('0507', LPAD(CRC32(CONCAT('q', n)) % 100000000, 8, '0')),
      CONCAT('010', LPAD(CRC32(CONCAT('p', person)) % 100000000, 8, '0'))),
    IF(home % 7 = 0, CONCAT('02', LPAD(CRC32(CONCAT('r', home)) % 10000000, 8, '2')), ''),
    postcode, address, CONCAT(101 + home % 20, '동 ', 1 + home % 24, '0', 1 + home % 6, '호'),
    IF(n % 5 < 3, ELT(1 + n % 5, '문 앞에 놓아 주세요', '배송 전에 연락 주세요', '경비실에 맡겨 주세요'), ''),
    ordered_at, ordered_at, DATE(ordered_at) + INTERVAL 3 + n % 12 DAY + INTERVAL 86399 SECOND,
    IF(method = 'direct', home, NULL), IF(method = 'direct', IF(home = n, 'bundle', 'home'), NULL), home <> n
  FROM bench_lines JOIN bench_orders USING (n)
  ORDER BY n, at;

INSERT INTO line_counts (channel_id, day, status, method, n)
  SELECT channel_id, DATE(ordered_at), status, method, COUNT(*) FROM order_lines GROUP BY 1, 2, 3, 4;

-- Every delivery is as its first line has it; the sums are of all its lines.
CREATE TABLE bench_deliveries (
  delivery_id INT PRIMARY KEY, first_line INT, line_count INT, live INT, added INT, returned INT, exchanged INT,
  at_home INT, on_the_way INT
);

INSERT INTO bench_deliveries
  SELECT delivery_id, MIN(id), COUNT(*), SUM(status <> 'cancelled'), SUM(added), SUM(status = 'returned'),
    SUM(status = 'exchanged'), SUM(status IN ('new', 'acknowledged', 'held', 'claimed')), SUM(status = 'dispatched')
  FROM order_lines WHERE delivery_id IS NOT NULL GROUP BY delivery_id;

INSERT INTO deliveries (
  id, channel_id, bundle_key, home_key, state, recipient_name, recipient_phone, recipient_phone2, buyer_name,
  buyer_phone, postcode, address, address_detail, memo, region_status, region_mismatch, sido, sigungu, ordered_on,
  ship_by, line_count, live_count, added_count, returned_count, exchanged_count, cancelled_count
)
  SELECT summed.delivery_id, 1, bundle_no, UNHEX(MD5(summed.delivery_id)),
    CASE
      WHEN live = 0 THEN 'cancelled'
      WHEN returned = live THEN 'returned'
      WHEN at_home = live THEN 'waiting'
      WHEN at_home > 0 THEN 'partial'
      WHEN on_the_way > 0 THEN 'dispatched'
      ELSE 'delivered'
    END,
    recipient_name, recipient_phone, recipient_phone2, buyer_name, buyer_phone, postcode, address, address_detail, memo,
    IF(postcode = '', 'empty', 'ok'), summed.delivery_id % 97 = 0,
    IF(postcode = '', '', sido), IF(postcode = '', '', sigungu), DATE(ordered_at), DATE(ship_by),
    line_count, live, summed.added, returned, exchanged, line_count - live
  FROM bench_deliveries summed
  JOIN order_lines ON order_lines.id = first_line
  JOIN bench_districts ON bench_districts.at = 1 + CRC32(CONCAT('d', summed.delivery_id)) % @districts;

INSERT INTO delivery_keys (channel_id, bundle_key, delivery_id, joined_by)
  SELECT channel_id, bundle_no, MIN(delivery_id), MIN(joined_by)
  FROM order_lines WHERE delivery_id IS NOT NULL GROUP BY channel_id, bundle_no;

INSERT INTO delivery_counts (tab, sido, sigungu, n)
  SELECT tab, sido, sigungu, COUNT(*) FROM deliveries GROUP BY tab, sido, sigungu;

DROP TABLE bench_orders, bench_lines, bench_deliveries, bench_districts;

DROP FUNCTION bench_name;

ANALYZE TABLE orders, order_lines, line_counts, deliveries, delivery_counts, delivery_keys;
