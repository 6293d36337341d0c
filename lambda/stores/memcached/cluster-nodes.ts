import { StoreError } from '../../core/page-store';
import { Connection, type Tls } from './connection';

const DEADLINES = { connect: 1000, command: 2000 };

/**
 * Asks an ElastiCache configuration endpoint for the cluster's nodes (`config get cluster`, ElastiCache's auto discovery).
 *
 * @param endpoint `host:port`.
 * @returns the nodes' names as `host:port`, sorted, so that everybody's ring is the same.
 * @throws StoreError when the endpoint does not answer, or not with a list of nodes.
 */
export async function discoverNodes(endpoint: string, tls?: Tls): Promise<string[]> {
  const connection = await Connection.open(endpoint, DEADLINES, tls);
  try {
    const reply = await connection.send('config get cluster\r\n');
    const text = reply.kind === 'values' ? reply.values[0]?.data.toString('latin1') : undefined;
    return parseNodes(endpoint, text ?? '');
  } finally {
    connection.close();
  }
}

// A version, then `name|address|port` for each node, parted by spaces; the address may be empty.
function parseNodes(endpoint: string, text: string): string[] {
  const nodes = (text.split('\n')[1] ?? '').split(' ').filter(Boolean);
  if (nodes.length === 0 || !nodes.every((node) => /^[\w.-]+\|[^|]*\|\d+$/.test(node))) {
    throw new StoreError(`${endpoint}: not a list of nodes: ${JSON.stringify(text.slice(0, 80))}`);
  }
  return nodes.map((node) => node.replace(/\|[^|]*\|/, ':')).sort();
}
