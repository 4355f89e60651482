import type { Registry } from 'prom-client';
import type { DatabaseState } from '../database-state.ts';
import { counted, gauge } from './gauges.ts';

/** The server as it tells of itself: no other exporter is needed beside us. */
export function measureDatabase(registry: Registry): (state: DatabaseState | undefined) => void {
  const up = gauge(registry, 'moa_db_up', '1 while the database answers.');
  const connections = gauge(
    registry,
    'moa_mariadb_connections',
    'Connections to the server, of all clients.',
  );
  const most = gauge(registry, 'moa_mariadb_connections_limit', 'How many connections the server allows.');
  const running = gauge(registry, 'moa_mariadb_running', 'Connections that are at work.');
  const uptime = gauge(registry, 'moa_mariadb_uptime_seconds', 'How long the server has been up.');
  const cluster = gauge(
    registry,
    'moa_mariadb_cluster_size',
    'Nodes of the cluster, the arbitrator among them.',
  );
  const ready = gauge(registry, 'moa_mariadb_cluster_ready', '1 while the node takes writes.');
  const paused = gauge(
    registry,
    'moa_mariadb_flow_paused_ratio',
    'How much of the time writes wait for the slowest node.',
  );
  const of = (name: string, help: string) => counted(registry, name, help);
  const counters = {
    Questions: of('moa_mariadb_questions_total', 'Statements of clients.'),
    Slow_queries: of('moa_mariadb_slow_queries_total', 'Statements that the server calls slow.'),
    Com_commit: of('moa_mariadb_commits_total', 'Transactions that were committed.'),
    Com_rollback: of('moa_mariadb_rollbacks_total', 'Transactions that were rolled back.'),
    Aborted_connects: of('moa_mariadb_aborted_connects_total', 'Connections that did not come about.'),
    Connection_errors_max_connections: of(
      'moa_mariadb_connections_refused_total',
      'Connections that were refused because there were too many.',
    ),
    Handler_read_rnd_next: of('moa_mariadb_scanned_rows_total', 'Rows read by walking tables.'),
    Innodb_row_lock_waits: of('moa_mariadb_row_lock_waits_total', 'Waits for locked rows.'),
    Innodb_deadlocks: of('moa_mariadb_deadlocks_total', 'Deadlocks.'),
    Innodb_buffer_pool_reads: of('moa_mariadb_buffer_pool_misses_total', 'Pages read from the disk.'),
    Innodb_buffer_pool_read_requests: of('moa_mariadb_buffer_pool_reads_total', 'Pages asked for.'),
    Innodb_data_read: of('moa_mariadb_read_bytes_total', 'Bytes read from the disk.'),
    Innodb_data_written: of('moa_mariadb_written_bytes_total', 'Bytes written to the disk.'),
  };
  const lockTime = of('moa_mariadb_row_lock_seconds_total', 'Time spent waiting for locked rows.');

  return (state) => {
    up.set(state ? 1 : 0);
    for (const one of [connections, most, running, uptime, cluster, ready, paused]) one.remove();
    if (!state) return;
    connections.set(state.connections);
    most.set(state.mostConnections);
    running.set(state.status.Threads_running ?? 0);
    uptime.set(state.status.Uptime ?? 0);
    for (const [name, counter] of Object.entries(counters)) counter.is(state.status[name] ?? 0);
    lockTime.is((state.status.Innodb_row_lock_time ?? 0) / 1000);
    if (!state.cluster) return;
    cluster.set(state.cluster.size);
    ready.set(state.cluster.isPrimary && state.cluster.isReady ? 1 : 0);
    paused.set(state.cluster.paused);
  };
}
