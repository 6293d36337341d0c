/**
 * Where nginx reaches a Memcached node that speaks TLS, as its `server` directive has it: a socket below nginx's directory
 * behind which `stream` encrypts. This name is the node's on the ring; it is relative, so that it is the same everywhere.
 */
export function tlsSocket(node: string): string {
  return `unix:${node.replace(':', '_')}.sock`;
}
