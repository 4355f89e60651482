import type { Knex } from 'knex';

/** The node that answers, and the cluster it sees. */
export interface DatabaseState {
  version: string;
  host: string;
  upSince: Date;
  connections: number;
  mostConnections: number;
  status: Readonly<Record<string, number>>;
  /** Undefined where it stands alone. */
  cluster: { size: number; isPrimary: boolean; isReady: boolean; state: string; paused: number } | undefined;
}

/** Numbers of the server that are worth a curve. */
export const statusNames = [
  'Uptime',
  'Threads_connected',
  'Threads_running',
  'Questions',
  'Slow_queries',
  'Aborted_connects',
  'Connection_errors_max_connections',
  'Com_commit',
  'Com_rollback',
  'Handler_read_rnd_next',
  'Innodb_row_lock_waits',
  'Innodb_row_lock_time',
  'Innodb_deadlocks',
  'Innodb_buffer_pool_reads',
  'Innodb_buffer_pool_read_requests',
  'Innodb_data_read',
  'Innodb_data_written',
] as const;

export async function readDatabase(db: Knex): Promise<DatabaseState> {
  const [[facts]] = await db.raw(
    'SELECT @@version AS version, @@hostname AS host, @@max_connections AS most, NOW(3) AS now',
  );
  const wsrep = [
    'wsrep_cluster_size',
    'wsrep_cluster_status',
    'wsrep_local_state',
    'wsrep_local_state_comment',
    'wsrep_ready',
    'wsrep_flow_control_paused',
  ];
  const names = [...statusNames, ...wsrep];
  const [rows] = await db.raw(
    `SHOW GLOBAL STATUS WHERE Variable_name IN (${names.map(() => '?').join(',')})`,
    names,
  );
  const all = Object.fromEntries(
    (rows as { Variable_name: string; Value: string }[]).map(({ Variable_name, Value }) => [
      Variable_name,
      Value,
    ]),
  );
  const size = Number(all.wsrep_cluster_size ?? 0);
  return {
    version: facts.version,
    host: facts.host,
    upSince: new Date(facts.now.getTime() - Number(all.Uptime) * 1000),
    connections: Number(all.Threads_connected),
    mostConnections: Number(facts.most),
    status: Object.fromEntries(statusNames.map((name) => [name, Number(all[name] ?? 0)])),
    cluster:
      size > 0
        ? {
            size,
            isPrimary: all.wsrep_cluster_status === 'Primary',
            isReady: all.wsrep_ready === 'ON',
            state: all.wsrep_local_state_comment ?? '',
            paused: Number(all.wsrep_flow_control_paused ?? 0),
          }
        : undefined,
  };
}
