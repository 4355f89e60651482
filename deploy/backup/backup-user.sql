-- 백업하는 사용자: mysql 계정으로 도는 프로그램만 소켓으로, 비밀번호 없이 들어옵니다.
CREATE OR REPLACE USER 'moa_backup'@'localhost' IDENTIFIED VIA unix_socket AS 'mysql';
GRANT RELOAD, PROCESS, LOCK TABLES, BINLOG MONITOR, REPLICA MONITOR ON *.* TO 'moa_backup'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON moa.backup_runs TO 'moa_backup'@'localhost';
