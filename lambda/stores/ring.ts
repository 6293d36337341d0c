import { crc32 } from 'node:zlib';

// ngx_http_upstream_hash_module.c: points on the ring for each server of weight 1.
const POINTS_PER_SERVER = 160;

/**
 * The ring of nginx's `hash … consistent`: which of several servers a key belongs to. Adding or removing a server moves
 * only its share of the keys.
 */
export class Ring {
  private readonly points: readonly { readonly hash: number; readonly server: string }[];

  /**
   * @param servers `host:port`, exactly as nginx's `upstream` has them: the names are hashed, not the addresses.
   * @param written how nginx has a server where that is not so.
   * @throws RangeError without any server.
   */
  public constructor(
    public readonly servers: readonly string[],
    written: (server: string) => string = (server) => server,
  ) {
    if (servers.length === 0) {
      throw new RangeError('a ring needs at least one server, got none: name the Memcached nodes');
    }
    const points = servers.flatMap((server) => pointsOf(written(server)).map((hash) => ({ hash, server })));
    // Of two servers on one point, nginx keeps the one that comes first.
    this.points = points.sort((a, b) => a.hash - b.hash).filter((point, i, all) => point.hash !== all[i - 1]?.hash);
  }

  /** The server of a key: the owner of the first point at or after the key's own, going round. */
  public nodeOf(key: string): string {
    const hash = crc32(key);
    let low = 0;
    let high = this.points.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.points[middle] as { hash: number }).hash < hash) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return (this.points[low % this.points.length] as { server: string }).server;
  }
}

function pointsOf(server: string): number[] {
  const base = crc32(hashedName(server));
  const previous = Buffer.alloc(4);
  return Array.from({ length: POINTS_PER_SERVER }, () => {
    const hash = crc32(previous, base);
    previous.writeUInt32LE(hash);
    return hash;
  });
}

// Of a socket of this machine its path, which has no port.
function hashedName(server: string): string {
  const colon = server.lastIndexOf(':');
  return server.startsWith('unix:')
    ? `${server.slice('unix:'.length)}\0`
    : `${server.slice(0, colon)}\0${server.slice(colon + 1)}`;
}
