import { once } from 'node:events';
import { WebSocket } from 'ws';

/** What one of the inspector's replies holds (Chrome DevTools Protocol). */
interface InspectorReply {
  readonly id: number;
  readonly error?: { readonly message: string };
  readonly result?: { readonly result?: { readonly value?: unknown } };
}

/** The address in what Node says when it is started with `--inspect`. */
export function inspectorAddress(words: string): string | undefined {
  return /^Debugger listening on (ws:\S+)$/m.exec(words)?.[1];
}

// Requests that are under way have buffers, too.
const LOOKS = 3;

/**
 * What a Node process keeps when all its garbage has been collected, buffers included, in bytes: the least of several looks.
 * Its resident memory is mostly garbage that is not yet worth collecting.
 *
 * @param address of its inspector.
 */
export async function liveHeapOf(address: string): Promise<number> {
  const socket = new WebSocket(address);
  await once(socket, 'open');
  try {
    const looks: number[] = [];
    while (looks.length < LOOKS) looks.push(await collectAndLook(socket));
    return Math.min(...looks);
  } finally {
    socket.close();
  }
}

async function collectAndLook(socket: WebSocket): Promise<number> {
  await call(socket, 'HeapProfiler.collectGarbage');
  const expression = '(({ heapUsed, arrayBuffers }) => heapUsed + arrayBuffers)(process.memoryUsage())';
  const { result } = await call(socket, 'Runtime.evaluate', { expression });
  return result?.result?.value as number;
}

let lastId = 0;

async function call(socket: WebSocket, method: string, params = {}): Promise<InspectorReply> {
  lastId += 1;
  const id = lastId;
  socket.send(JSON.stringify({ id, method, params }));
  for (;;) {
    // Events come in between.
    const [data] = (await once(socket, 'message')) as [Buffer];
    const reply = JSON.parse(data.toString()) as InspectorReply;
    if (reply.id !== id) continue;
    if (reply.error !== undefined) throw new Error(`the inspector refuses ${method}: ${reply.error.message}`);
    return reply;
  }
}
