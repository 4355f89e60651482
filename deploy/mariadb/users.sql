-- Once, on the first node; the cluster hands it on. Put passwords of your own in place of the words in capitals.

CREATE DATABASE IF NOT EXISTS moa CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- The application. Comes through HAProxy of the application hosts.
CREATE USER IF NOT EXISTS 'moa'@'10.0.%' IDENTIFIED BY 'PASSWORD-OF-MOA';
GRANT ALL PRIVILEGES ON moa.* TO 'moa'@'10.0.%';

-- HAProxy looks after the nodes with it; it may ask for the state and nothing else.
CREATE USER IF NOT EXISTS 'moa_check'@'10.0.%' IDENTIFIED BY 'PASSWORD-OF-CHECK' WITH MAX_USER_CONNECTIONS 20;

-- Copies everything to a node that comes back with nothing.
CREATE USER IF NOT EXISTS 'mysql'@'localhost' IDENTIFIED VIA unix_socket;
GRANT RELOAD, PROCESS, LOCK TABLES, BINLOG MONITOR ON *.* TO 'mysql'@'localhost';
