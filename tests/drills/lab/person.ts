import { Agent, type IncomingHttpHeaders, request } from 'node:http';

/** What a person asked for, and what came of it. */
export interface Ask {
  /** `GET /orders/:id`; who looks at the figures need not know whose order it was. */
  act: string;
  /** By `performance.now()`. */
  at: number;
  ms: number;
  /** 0 when no answer came. */
  status: number;
  /** Why it counts as failed. */
  failure?: string;
  /** Something to read for a person, and not a bare line. */
  isPage: boolean;
}

export interface Answer {
  status: number;
  text: string;
  headers: IncomingHttpHeaders;
  location: string;
  failure?: string;
}

export interface PersonParts {
  login: string;
  password: string;
  /** Where the application is now: asked with each request. */
  origin: () => string;
  /** How long one waits for an answer before one gives up. */
  patienceMs?: number;
  tell: (ask: Ask) => void;
}

/**
 * Somebody at a browser: keeps cookies and the token of the forms, follows no redirects. What a person would call
 * broken is a failure: no answer, an error of the server, being refused, or being asked to sign in again.
 */
export class Person {
  readonly login: string;
  readonly cookies = new Map<string, string>();
  #parts: PersonParts;
  #agent = new Agent({ keepAlive: true, maxSockets: 4 });
  #token = '';

  constructor(parts: PersonParts) {
    this.login = parts.login;
    this.#parts = parts;
  }

  get(path: string): Promise<Answer> {
    return this.#ask('GET', path);
  }

  post(path: string, form: Readonly<Record<string, string | readonly string[]>> = {}): Promise<Answer> {
    const body = new URLSearchParams({ _csrf: this.#token });
    for (const [name, value] of Object.entries(form))
      for (const one of [value].flat()) body.append(name, one);
    return this.#ask('POST', path, Buffer.from(body.toString()), 'application/x-www-form-urlencoded');
  }

  /** Sends a file as the form of a page does. */
  upload(path: string, file: { name: string; content: Uint8Array }, field = 'files'): Promise<Answer> {
    const boundary = `moa${Math.random().toString(36).slice(2)}`;
    const part = (head: string) => `--${boundary}\r\ncontent-disposition: form-data; ${head}\r\n\r\n`;
    const body = Buffer.concat([
      Buffer.from(`${part('name="_csrf"')}${this.#token}\r\n`),
      Buffer.from(part(`name="${field}"; filename="${file.name}"`)),
      file.content,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    return this.#ask('POST', path, body, `multipart/form-data; boundary=${boundary}`);
  }

  /** True when they are in. */
  async signIn(how: { remember?: boolean } = {}): Promise<boolean> {
    await this.get('/sign-in');
    const { login, password } = this.#parts;
    const answer = await this.post('/sign-in', {
      login,
      password,
      ...(how.remember ? { remember: 'yes' } : {}),
    });
    if (answer.status !== 303 || answer.location.startsWith('/sign-in')) return false;
    return (await this.get('/account')).failure === undefined;
  }

  async signOut(): Promise<boolean> {
    return (await this.post('/sign-out')).status === 303;
  }

  /** Its connections; the cookies stay. */
  close(): void {
    this.#agent.destroy();
  }

  async #ask(method: string, path: string, body?: Buffer, type?: string): Promise<Answer> {
    const at = performance.now();
    const answer = await this.#send(method, path, body, type).catch(
      (error: NodeJS.ErrnoException): Answer => ({
        status: 0,
        text: '',
        headers: {},
        location: '',
        failure: error.code ?? error.message,
      }),
    );
    answer.failure ??= failureOf(answer, path);
    this.#keep(answer);
    this.#parts.tell({
      act: `${method} ${path.split('?')[0]!.replaceAll(/\/\d+(?=\/|$)/g, '/:id')}`,
      at,
      ms: performance.now() - at,
      status: answer.status,
      failure: answer.failure,
      isPage: answer.text.includes('</html>'),
    });
    return answer;
  }

  #send(method: string, path: string, body?: Buffer, type?: string, isAgain = false): Promise<Answer> {
    const origin = this.#parts.origin();
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, origin), {
        method,
        agent: this.#agent,
        signal: AbortSignal.timeout(this.#parts.patienceMs ?? 30_000),
        headers: {
          accept: 'text/html',
          'sec-fetch-site': 'same-origin',
          cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          ...(method === 'POST' && { origin, 'content-type': type, 'content-length': body?.length ?? 0 }),
        },
      });
      sent.once('error', (error: NodeJS.ErrnoException) => {
        // as browsers do: a kept connection that was closed meanwhile is opened anew
        const wasStale = sent.reusedSocket && error.code === 'ECONNRESET' && method === 'GET' && !isAgain;
        if (wasStale) this.#send(method, path, body, type, true).then(resolve, reject);
        else reject(error);
      });
      sent.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.once('error', reject);
        response.once('aborted', () => reject(new Error('half an answer')));
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const { statusCode: status = 0, headers } = response;
          resolve({ status, text, headers, location: headers.location ?? '' });
        });
      });
      sent.end(body);
    });
  }

  #keep({ headers, text }: Answer): void {
    for (const line of headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name && value) this.cookies.set(name, value);
      else if (name) this.cookies.delete(name);
    }
    this.#token = /name="_csrf" value="(\w+)"/.exec(text)?.[1] ?? this.#token;
  }
}

function failureOf({ status, location }: Answer, path: string): string | undefined {
  if (status >= 400) return `answered ${status}`;
  if (location.startsWith('/sign-in') && !path.startsWith('/sign')) return 'was asked to sign in again';
  return undefined;
}
