import type { Knex } from 'knex';

/**
 * How long work waits for a database that has gone away. A cluster has its next writer after three to six seconds;
 * whoever waits for a page longer than this is told instead.
 */
const patienceMs = 9000;
const pauseMs = 150;

/** The connection broke or was never made. What was under way on it has been rolled back, unless it was a COMMIT. */
const broken = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ER_SOCKET_UNEXPECTED_CLOSE',
  'ER_SOCKET_DESTROYED',
  'ER_SOCKET_TIMEOUT',
  'ER_SOCKET_BAD_PORT',
  'ER_SOCKET_CREATION_FAIL',
  'ER_CONNECTION_TIMEOUT',
  'ER_CONNECTION_ALREADY_CLOSED',
  'ER_CMD_CONNECTION_CLOSED',
  'ER_CMD_NOT_EXECUTED_DESTROYED',
  'ER_SERVER_SHUTDOWN',
  'ER_NORMAL_SHUTDOWN',
  'ER_SHUTDOWN_COMPLETE',
  'ER_ABORTING_CONNECTION',
  'ER_NEW_ABORTING_CONNECTION',
  'ER_CONNECTION_KILLED',
  'ER_NET_READ_ERROR',
  'ER_NET_READ_INTERRUPTED',
  'ER_NET_ERROR_ON_WRITE',
  'ER_NET_WRITE_INTERRUPTED',
]);

/** A node of a cluster that is alone says so to every statement, and does none of them. */
const notReady = new Set(['ER_UNKNOWN_COM_ERROR']);

/** The database cannot be reached, or is not ready yet; it may be again in a moment. */
export function isAway(error: unknown): boolean {
  const code = codeOf(error);
  return broken.has(code) || notReady.has(code);
}

/** Away, or so busy that nobody got a connection in time. */
export function isOutOfReach(error: unknown): boolean {
  return isAway(error) || (error as Error | undefined)?.name === 'KnexTimeoutError';
}

export function codeOf(error: unknown): string {
  return (error as { code?: string } | undefined)?.code ?? '';
}

/** Time for several attempts, counted from the first that found nobody there. */
export class Patience {
  #until: number | undefined;

  /** Waits a little and says whether to try again. */
  async isLeft(): Promise<boolean> {
    this.#until ??= performance.now() + patienceMs;
    if (performance.now() + pauseMs > this.#until) return false;
    await new Promise((done) => setTimeout(done, pauseMs));
    return true;
  }
}

/**
 * Makes a pool outlast the move from one server to the next: whoever asks for a connection waits until there is one,
 * and what only reads is asked again. Before the first connection nothing is waited for: a wrong address or password
 * is told at once.
 */
export function outlastOutages(db: Knex): void {
  const { client } = db;
  const acquire: () => Promise<unknown> = client.acquireConnection.bind(client);
  let wasThere = false;
  client.acquireConnection = async () => {
    const patience = new Patience();
    for (;;) {
      try {
        const connection = await acquire();
        wasThere = true;
        return connection;
      } catch (error) {
        if (!wasThere || !isAway(error) || !(await patience.isLeft())) throw error;
      }
    }
  };

  // transactions have a client of their own, whose statements cannot be repeated one by one
  const makeRunner: (builder: Statement) => Runner = client.runner.bind(client);
  client.runner = (builder: Statement) => {
    const runner = makeRunner(builder);
    const run = runner.run.bind(runner);
    runner.run = async () => {
      const patience = new Patience();
      for (let attempt = run; ; attempt = () => makeRunner(builder).run()) {
        try {
          return await attempt();
        } catch (error) {
          const mayRepeat = notReady.has(codeOf(error)) || (isAway(error) && onlyReads(builder));
          if (!mayRepeat || !wasThere || !(await patience.isLeft())) throw error;
        }
      }
    };
    return runner;
  };
}

interface Runner {
  run(): Promise<unknown>;
}

interface Statement {
  toSQL(): { method?: string; sql?: string } | unknown[];
}

function onlyReads(statement: Statement): boolean {
  const compiled = statement.toSQL();
  if (Array.isArray(compiled)) return false;
  const { method = '', sql = '' } = compiled;
  if (method === 'raw') return /^\s*(select|show)\b/i.test(sql);
  return method === 'select' || method === 'first' || method === 'pluck';
}
