import { createConnection } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** Waits until somebody accepts connections at an address of this machine, `host:port`. */
export async function accepting(address: string): Promise<void> {
  const [host, port] = address.split(':') as [string, string];
  const accepts = () =>
    new Promise<boolean>((resolve) => {
      const socket = createConnection({ host, port: Number(port) });
      socket.once('error', () => resolve(false));
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
    });
  while (!(await accepts())) {
    await wait(20);
  }
}
