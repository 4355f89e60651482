-- 백업하는 사용자: 시스템의 mysql 계정이 소켓으로, 비밀번호 없이 들어옵니다. MariaDB 10.11은 이름이 같은 사용자만 들여보냅니다.
-- 첫 릴리스 뒤에 한 번 실행합니다(backup_runs 표가 있어야 합니다). 훈련(restore)이 이 권한으로 백업합니다.
CREATE USER IF NOT EXISTS 'mysql'@'localhost' IDENTIFIED VIA unix_socket;
GRANT RELOAD, PROCESS, LOCK TABLES, BINLOG MONITOR, REPLICA MONITOR ON *.* TO 'mysql'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON moa.backup_runs TO 'mysql'@'localhost';
