-- Once, on the first node; the cluster hands it on. Put passwords of your own in place of the words in capitals.

CREATE DATABASE IF NOT EXISTS moa CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- The application. Comes through HAProxy of the application hosts.
CREATE USER IF NOT EXISTS 'moa'@'10.0.%' IDENTIFIED BY 'PASSWORD-OF-MOA';
GRANT ALL PRIVILEGES ON moa.* TO 'moa'@'10.0.%';

-- Which node takes the writes, and how a node takes that over when the one named there has left the cluster. Both may
-- try at one moment: the cluster lets one succeed. deploy/haproxy/check-galera asks each node.
CREATE DATABASE IF NOT EXISTS moa_ha;
CREATE TABLE IF NOT EXISTS moa_ha.writer (
  id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  node_uuid VARCHAR(36) NOT NULL,
  node_name VARCHAR(64) NOT NULL,
  since DATETIME NOT NULL
);
INSERT IGNORE INTO moa_ha.writer VALUES (1, '', '', NOW());

DELIMITER //
CREATE OR REPLACE DEFINER = root@localhost PROCEDURE moa_ha.tell_role() SQL SECURITY DEFINER
BEGIN
  DECLARE state, side, ready, me VARCHAR(64);
  SELECT MAX(IF(variable_name = 'WSREP_LOCAL_STATE', variable_value, NULL)),
         MAX(IF(variable_name = 'WSREP_CLUSTER_STATUS', variable_value, NULL)),
         MAX(IF(variable_name = 'WSREP_READY', variable_value, NULL)),
         MAX(IF(variable_name = 'WSREP_GCOMM_UUID', variable_value, NULL))
    INTO state, side, ready, me
    FROM information_schema.global_status
   WHERE variable_name IN ('WSREP_LOCAL_STATE', 'WSREP_CLUSTER_STATUS', 'WSREP_READY', 'WSREP_GCOMM_UUID');
  -- On the side with the majority, and holding all that was committed (4), or holding it and giving a copy to the
  -- other (2): without the 2 nobody could write for as long as a node with an empty disk comes back.
  IF ready = 'ON' AND side = 'Primary' AND state IN ('2', '4') AND @@read_only = 0
     AND me IN (SELECT uuid FROM information_schema.wsrep_membership) THEN
    IF (SELECT node_uuid FROM moa_ha.writer) NOT IN (SELECT uuid FROM information_schema.wsrep_membership) THEN
      UPDATE moa_ha.writer SET node_uuid = me, node_name = @@wsrep_node_name, since = NOW();
    END IF;
    SELECT IF(node_uuid = me, 'writer', 'other') AS role FROM moa_ha.writer;
  ELSE
    SELECT 'unfit' AS role;
  END IF;
END//
DELIMITER ;

CREATE USER IF NOT EXISTS 'moa_check'@'10.0.%' IDENTIFIED BY 'PASSWORD-OF-CHECK' WITH MAX_USER_CONNECTIONS 40;
GRANT EXECUTE ON PROCEDURE moa_ha.tell_role TO 'moa_check'@'10.0.%';

-- Copies everything to a node that comes back with nothing.
CREATE USER IF NOT EXISTS 'mysql'@'localhost' IDENTIFIED VIA unix_socket;
GRANT RELOAD, PROCESS, LOCK TABLES, BINLOG MONITOR ON *.* TO 'mysql'@'localhost';
