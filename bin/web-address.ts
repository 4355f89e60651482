import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from './failure.ts';

/** The port to serve on: the wanted one, which must be free, or for 0 any free one. */
export async function freePort(port: number, host: string): Promise<number> {
  const probe = createServer().listen(port, host);
  try {
    await once(probe, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new Failure(
        `${port}번 포트를 다른 프로그램이 쓰고 있습니다. 다른 번호로 시작하세요. 예: bin/start --port ${port + 1}`,
      );
    }
    if (code === 'EACCES')
      throw new Failure(`${port}번 포트를 열 권한이 없습니다. 1024 이상의 번호를 쓰세요.`);
    throw new Failure(`HOST ${host}의 ${port}번 포트를 열 수 없습니다. (${code})`);
  }
  const free = (probe.address() as AddressInfo).port;
  probe.close();
  await once(probe, 'close');
  return free;
}

/** Where a browser on this machine finds a server that listens on `host`. */
export function localAddress(host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

export async function waitUntilReady(address: string): Promise<void> {
  for (const giveUpAt = Date.now() + 60_000; Date.now() < giveUpAt; await sleep(50)) {
    const answer = await fetch(`${address}/readyz`, { signal: AbortSignal.timeout(5000) }).catch(
      () => undefined,
    );
    await answer?.body?.cancel();
    if (answer?.ok) return;
  }
  throw new Failure(`1분을 기다려도 ${address}가 준비되지 않았습니다.`);
}
