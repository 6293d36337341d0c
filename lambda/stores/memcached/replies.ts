import { StoreError } from '../../core/page-store';
import type { NodeConnection } from './node';
import type { FoundValue, Reply } from './reply-parser';

/**
 * What a key was found to have; undefined for a miss. Replies belong to commands by their order alone: one that does not
 * fit says that none fits any more, and the connection is given up.
 *
 * @throws StoreError for such a reply.
 */
export function valueOf(connection: NodeConnection, key: string, reply: Reply): FoundValue | undefined {
  if (reply.kind !== 'values' || reply.values.some((value) => value.key !== key)) {
    connection.close();
    throw new StoreError(`asked for ${key} and was answered something else`);
  }
  return reply.values[0];
}

export function isStatus(reply: Reply, text: string): boolean {
  return reply.kind === 'status' && reply.text === text;
}
