import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import type { Client } from '../support/client.ts';
import { type Got, slowest } from './findings.ts';

/** Sends what fetch would put right, or refuse, in the name of a client. */
export interface RawSender {
  send(path: string, sending: Sending): Promise<Got>;
  /** The token of the client's forms. */
  tokenOf(client: Client): Promise<string>;
  overSocket(text: string): Promise<Got>;
}

export interface Sending {
  client?: Client;
  method?: 'GET' | 'POST';
  type?: string;
  body?: string;
  headers?: Record<string, string>;
  /** With the token of the client's forms. */
  token?: boolean;
}

export function createRawSender(origin: string): RawSender {
  const { hostname, port, host } = new URL(origin);
  const tokens = new Map<string, string>();

  const tokenOf = async (client: Client): Promise<string> => {
    const known = tokens.get(client.cookie('moa.sid') ?? '');
    for (const path of known ? [] : ['/account', '/sign-in']) {
      const found = /name="_csrf" value="(\w+)"/.exec((await client.get(path)).text)?.[1];
      if (found) tokens.set(client.cookie('moa.sid') ?? '', found);
      if (found) return found;
    }
    return known ?? 'none';
  };

  return {
    tokenOf,
    async send(path, { client, method = 'GET', type, body, headers, token }) {
      const all = {
        accept: 'text/html',
        host,
        ...(client && { cookie: cookiesOf(client) }),
        ...(method === 'POST' && { origin }),
        ...(method === 'POST' &&
          body !== undefined && { 'content-type': type ?? 'application/x-www-form-urlencoded' }),
        ...(token && client && { 'x-csrf-token': await tokenOf(client) }),
        ...headers,
      };
      return new Promise((resolve, reject) => {
        const asking = httpRequest({ hostname, port, method, path, headers: all }, (answer) => {
          const pieces: Buffer[] = [];
          answer.on('data', (piece) => pieces.push(piece));
          answer.on('error', reject);
          answer.on('end', () => {
            for (const line of answer.headers['set-cookie'] ?? []) keep(client, line);
            const text = Buffer.concat(pieces).toString();
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
          });
        });
        asking.setTimeout(slowest, () => asking.destroy(new Error('no answer')));
        asking.on('error', reject);
        asking.end(body && Buffer.from(body, type ? 'latin1' : 'utf8'));
      });
    },
    overSocket(text) {
      return new Promise((resolve, reject) => {
        const socket = connect(Number(port), hostname, () => socket.write(text, 'latin1'));
        let heard = '';
        socket.setTimeout(slowest, () => socket.destroy(new Error('no answer')));
        socket.on('data', (piece) => {
          heard += piece.toString('latin1');
        });
        socket.on('close', () =>
          resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(heard)?.[1]), headers: {}, text: heard }),
        );
        socket.on('error', reject);
      });
    },
  };
}

const ours = ['moa.sid', 'moa.browser', 'moa.remember'];

function cookiesOf(client: Client): string {
  return ours.flatMap((name) => client.cookie(name)?.replace(/^/, `${name}=`) ?? []).join('; ');
}

function keep(client: Client | undefined, line: string): void {
  const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
  if (name && value) client?.setCookie(name, value);
}

export type Part = [disposition: string, content: string];

/** A form with files, byte by byte. */
export function multipart(boundary: string, ...parts: Part[]): string {
  const text = parts.map(
    ([disposition, content]) =>
      `--${boundary}\r\ncontent-disposition: form-data; ${Buffer.from(disposition).toString('latin1')}\r\n\r\n${content}\r\n`,
  );
  return `${text.join('')}--${boundary}--\r\n`;
}

/** As bytes that a header can carry. */
export function latin(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replace(/[^\t\x20-\x7e\x80-\xff]/g, '?');
}
