import { tlsSocket } from '../../lib/site/nginx/tls-socket';
import { discoverNodes } from '../stores/memcached/cluster-nodes';
import { Ring } from '../stores/ring';
import { MemjsConnection } from './memjs-connection';
import type { CompleteOptions } from './options';
import { TextConnection } from './text-connection';
import { ValueNodes } from './value-nodes';

// As often as nginx looks, in milliseconds.
const READ_NODES_EVERY = 30_000;

/** The nodes that options name, or that a configuration endpoint lists. Nothing is connected before it is needed. */
export function openNodes(options: CompleteOptions): ValueNodes {
  const { nodes, endpoint = '', tls, protocol, deadline, onError } = options;
  return new ValueNodes({
    readRing: async () => {
      const names = nodes === undefined ? await discoverNodes(endpoint, tls) : [...nodes].sort();
      return new Ring(names, tls === undefined ? undefined : tlsSocket);
    },
    readEvery: nodes === undefined ? READ_NODES_EVERY : Infinity,
    open: (node, onLate) =>
      protocol === 'binary'
        ? MemjsConnection.open(node, deadline, onLate)
        : TextConnection.open(node, deadline, onLate, tls),
    deadline,
    onError,
  });
}
