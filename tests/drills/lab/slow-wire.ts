import { connect, createServer, type Socket } from 'node:net';
import type { Lab } from './lab.ts';

/** A wire to a server on which answers can be made to take their time. */
export interface SlowWire {
  port: number;
  /** Milliseconds each answer is held back from now on; 0 for none. */
  delay(ms: number): void;
}

/** Listens on loopback and hands everything on to a unix socket. Answers keep their order. */
export async function openSlowWire(lab: Lab, socketPath: string): Promise<SlowWire> {
  let delayMs = 0;
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect(socketPath);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => {}); // its close says the same
      socket.once('close', () => {
        open.delete(socket);
        for (const other of [near, far]) other.destroy();
      });
    }
    near.pipe(far);
    let order = Promise.resolve();
    far.on('data', (chunk) => {
      const held = delayMs === 0 ? undefined : new Promise<void>((resolve) => setTimeout(resolve, delayMs));
      order = order.then(() => held).then(() => void near.write(chunk));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  lab.defer(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as { port: number }).port,
    delay(ms) {
      delayMs = ms;
    },
  };
}
