import type { Config } from '#lib/config.ts';
import { Failure } from '../failure.ts';
import { type Asked, ask, type SocketAnswer } from './socket-client.ts';

export interface Walker {
  login: string;
  password: string;
}

const host = 'release-check.invalid';

/**
 * Signs in, opens the lists, opens the newest print-out, opens the live channel, signs out: on the process itself,
 * before anybody is sent there. Reads only. Throws `Failure` with what did not come as it should.
 */
export async function walk(socketPath: string, walker: Walker, config: Pick<Config, 'cookieSecure'>) {
  const visitor = visit(socketPath, config);
  const signIn = await visitor.page('/sign-in', '로그인');
  for (const address of stylesAndScripts(signIn)) await visitor.expect(address, 200);

  await visitor.send('/sign-in', { login: walker.login, password: walker.password }, '/sign-in');
  await visitor.page('/orders', '주문');
  await visitor.page('/deliveries', '배송');
  const prints = await visitor.page('/deliveries/prints', '출력');
  const print = /href="(\/deliveries\/prints\/\d+)"/.exec(prints)?.[1];
  if (print) {
    await visitor.page(print, '회차');
    await visitor.expect(`${print}/page.css`, 200);
  }
  await visitor.expect('/socket.io/?EIO=4&transport=websocket', 101, upgrade);
  await visitor.send('/sign-out', {}, '/orders');
  await visitor.expect('/orders', 303);
  return { print: print !== undefined };
}

const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'cmVsZWFzZS1jaGVjay0wMQ==',
};

function stylesAndScripts(page: string): string[] {
  return [...page.matchAll(/(?:href|src)="(\/(?:assets|vendor)\/[^"]+\.(?:css|js))"/g)].map(
    ([, address]) => address!,
  );
}

function visit(socketPath: string, { cookieSecure }: Pick<Config, 'cookieSecure'>) {
  const cookies = new Map<string, string>();
  const scheme = cookieSecure ? 'https' : 'http';

  async function go(path: string, asked: Asked = {}): Promise<SocketAnswer> {
    const answer = await ask(socketPath, path, {
      ...asked,
      headers: {
        host,
        accept: 'text/html',
        'x-forwarded-proto': scheme,
        'x-forwarded-for': '127.0.0.1',
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...asked.headers,
      },
    }).catch((error: NodeJS.ErrnoException) => {
      throw new Failure(`점검: ${path}에서 답이 없습니다. (${error.code ?? error.name})`);
    });
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name && value) cookies.set(name, value);
      else if (name) cookies.delete(name);
    }
    return answer;
  }

  async function expect(path: string, status: number, headers?: Record<string, string>) {
    const answer = await go(path, { headers });
    if (answer.status !== status)
      throw new Failure(
        `점검: ${path}의 답이 ${status}이 아니라 ${answer.status}입니다.${requestIdIn(answer)}`,
      );
    return answer;
  }

  async function page(path: string, words: string): Promise<string> {
    const { text } = await expect(path, 200);
    if (!text.includes(words) || !text.includes('</html>'))
      throw new Failure(`점검: ${path}의 화면에 ‘${words}’ 글자가 없거나 화면이 끝나지 않았습니다.`);
    return text;
  }

  /** Sends a form with the token of the page it stands on. */
  async function send(path: string, form: Record<string, string>, from: string): Promise<void> {
    const token = /name="_csrf" value="(\w+)"/.exec((await expect(from, 200)).text)?.[1];
    if (!token) throw new Failure(`점검: ${from}의 화면에 폼이 없습니다.`);
    const answer = await go(path, {
      method: 'POST',
      form: { ...form, _csrf: token },
      headers: { origin: `${scheme}://${host}` },
    });
    if (answer.status !== 303)
      throw new Failure(`점검: ${path}에 보낸 폼의 답이 ${answer.status}입니다.${requestIdIn(answer)}`);
  }

  return { expect, page, send };
}

function requestIdIn({ headers }: SocketAnswer): string {
  const id = headers['x-request-id'];
  return id ? ` (요청 ${String(id)})` : '';
}
