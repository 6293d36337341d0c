import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the ports that the system gives to outgoing connections (from 32768 on Linux, by RFC 6335 section 6 from 49152):
// one of those could be taken between this look at it and its use.
const FIRST = 10_000;
const END = 32_768;

/** A port of 127.0.0.1 that nobody listened on a moment ago, and that nobody is likely to take. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, END);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
