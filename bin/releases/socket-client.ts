import { request } from 'node:http';

export interface SocketAnswer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  text: string;
}

export interface Asked {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  form?: Record<string, string>;
  /** Milliseconds. */
  patience?: number;
}

/** Asks a web process on its own socket, past the proxy. */
export function ask(socketPath: string, path: string, asked: Asked = {}): Promise<SocketAnswer> {
  const { method = 'GET', headers = {}, form, patience = 10_000 } = asked;
  const body = form && new URLSearchParams(form).toString();
  const { promise, resolve, reject } = Promise.withResolvers<SocketAnswer>();
  const sent = request(
    {
      socketPath,
      path,
      method,
      agent: false,
      signal: AbortSignal.timeout(patience),
      headers: {
        ...headers,
        ...(body !== undefined && {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(body),
        }),
      },
    },
    (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.once('error', reject);
      answer.once('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(parts).toString('utf8'),
        }),
      );
    },
  );
  sent.once('upgrade', (answer, socket) => {
    socket.destroy();
    resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: '' });
  });
  sent.once('error', reject);
  sent.end(body);
  return promise;
}

/** It can do its work: database and Redis answer it. */
export function isReady(socketPath: string): Promise<boolean> {
  return saysYes(socketPath, '/readyz');
}

export function isAlive(socketPath: string): Promise<boolean> {
  return saysYes(socketPath, '/healthz');
}

async function saysYes(socketPath: string, path: string): Promise<boolean> {
  const answer = await ask(socketPath, path, { patience: 3000 }).catch(() => undefined);
  return answer?.status === 200;
}
