import { createConnection } from 'node:net';
import { pipeline } from 'node:stream';
import { listenTcp, type ListeningServer } from './listening-servers';

/** A way to a memcached on which everything is written down that clients say to it. */
export interface MemcachedTap extends ListeningServer {
  /** What each connection has sent so far, in latin1. */
  readonly sent: () => readonly string[];
}

/** Listens in front of a memcached. */
export async function tapMemcached(address: string): Promise<MemcachedTap> {
  const connections: Buffer[][] = [];
  const [host, port] = address.split(':') as [string, string];
  const server = await listenTcp((socket) => {
    const chunks: Buffer[] = [];
    connections.push(chunks);
    socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
    pipeline(socket, createConnection({ host, port: Number(port) }), socket, () => undefined);
  });
  return { ...server, sent: () => connections.map((chunks) => Buffer.concat(chunks).toString('latin1')) };
}

/** One command of memcached's text protocol, without its value. */
export interface Command {
  readonly line: string;
  readonly value?: string;
}

// What is followed by a value: `add key flags exptime bytes`, `cas … bytes token`.
const WITH_VALUE = /^(?:set|add|replace|append|prepend|cas) \S+ \d+ -?\d+ (\d+)/;

/** Reads what a connection has sent as memcached does: line by line, and values by their length. */
export function commandsIn(sent: string): Command[] {
  const commands: Command[] = [];
  for (let at = 0; at < sent.length;) {
    const lineEnd = sent.indexOf('\r\n', at);
    const line = sent.slice(at, lineEnd < 0 ? undefined : lineEnd);
    at = lineEnd < 0 ? sent.length : lineEnd + 2;
    const bytes = WITH_VALUE.exec(line)?.[1];
    if (bytes === undefined) {
      commands.push({ line });
      continue;
    }
    const end = at + Number(bytes);
    commands.push({ line, value: sent.slice(at, end) });
    if (sent.length >= end + 2 && sent.slice(end, end + 2) !== '\r\n') {
      throw new Error(`the value of ${JSON.stringify(line)} goes on after its length`);
    }
    at = end + 2;
  }
  return commands;
}
