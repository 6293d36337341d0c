import { createServer } from 'node:net';
import { listening } from './listening';

/** A stand-in for the configuration endpoint of an ElastiCache cluster: it answers `config get cluster`. */
export interface ConfigurationEndpoint {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** The cluster's nodes from now on, as `host:port`. */
  setNodes(nodes: readonly string[]): void;
  close(): Promise<void>;
}

/** Starts the stand-in on 127.0.0.1. */
export async function startConfigurationEndpoint(nodes: readonly string[]): Promise<ConfigurationEndpoint> {
  let [current, version] = [nodes, 1];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (piece) => {
      if (!piece.toString('latin1').startsWith('config get cluster')) {
        socket.end('ERROR\r\n');
        return;
      }
      const list = current.map((node) => node.replace(/:(\d+)$/, '||$1')).join(' ');
      const text = `${version}\n${list}\n`;
      socket.write(`CONFIG cluster 0 ${text.length}\r\n${text}\r\nEND\r\n`);
    });
  });
  return {
    ...(await listening(server)),
    setNodes(changed) {
      current = changed;
      version += 1;
    },
  };
}
