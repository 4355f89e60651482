-- Once, on the first node; the cluster hands it on. Put passwords of your own in place of the words in capitals.

CREATE DATABASE IF NOT EXISTS moa CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- The application. Comes through HAProxy of the application hosts.
CREATE USER IF NOT EXISTS 'moa'@'10.0.%' IDENTIFIED BY 'PASSWORD-OF-MOA';
GRANT ALL PRIVILEGES ON moa.* TO 'moa'@'10.0.%';

-- Which node takes the writes; deploy/haproxy/check-galera reads it, and rewrites it when that node has left.
CREATE DATABASE IF NOT EXISTS moa_ha;
CREATE TABLE IF NOT EXISTS moa_ha.writer (
  id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  node_uuid VARCHAR(36) NOT NULL,
  node_name VARCHAR(64) NOT NULL,
  since DATETIME NOT NULL
);
INSERT IGNORE INTO moa_ha.writer VALUES (1, '', '', NOW());

CREATE USER IF NOT EXISTS 'moa_check'@'10.0.%' IDENTIFIED BY 'PASSWORD-OF-CHECK' WITH MAX_USER_CONNECTIONS 40;
GRANT SELECT, UPDATE ON moa_ha.writer TO 'moa_check'@'10.0.%';

-- Copies everything to a node that comes back with nothing.
CREATE USER IF NOT EXISTS 'mysql'@'localhost' IDENTIFIED VIA unix_socket;
GRANT RELOAD, PROCESS, LOCK TABLES, BINLOG MONITOR ON *.* TO 'mysql'@'localhost';
