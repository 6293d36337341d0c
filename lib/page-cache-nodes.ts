import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { MEMCACHED_PORT } from './cache-subnets';
import type { PageCacheBinding } from './page-cache';

/** Options for Memcached nodes that are there already. */
export interface PageCacheNodesOptions {
  /**
   * The nodes' security groups, which then let the site's tasks and functions in.
   * @default - the nodes let them in by themselves
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
  /**
   * Whether the nodes speak TLS.
   * @default false
   */
  readonly tls?: boolean;
}

/**
 * Says how nodes that are there already are reached.
 *
 * @throws Error for names that are none, twice the same, or at different ports.
 */
export function knownNodes(names: string[], options: PageCacheNodesOptions): () => PageCacheBinding {
  const { securityGroups = [], tls = false } = options;
  checkNames(names);
  const defaultPort = ec2.Port.tcp(portOf(names));
  return () => ({
    nodes: names,
    tls,
    connections:
      securityGroups.length > 0
        ? new ec2.Connections({ securityGroups, defaultPort })
        : // Where they are is not known here: only the port of what goes out to them.
          new ec2.Connections({ peer: ec2.Peer.anyIpv4(), defaultPort }),
  });
}

function checkNames(names: string[]): void {
  if (Token.isUnresolved(names)) {
    return;
  }
  if (names.length === 0) {
    throw new Error('PageCache.nodes: there must be at least one node, got: []');
  }
  const bad = names.find((name) => !Token.isUnresolved(name) && !isHostAndPort(name));
  if (bad !== undefined) {
    throw new Error(`PageCache.nodes: each must be host:port, got: '${bad}'`);
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new Error(`PageCache.nodes: each must be named once, got twice: '${twice}'`);
  }
}

function isHostAndPort(name: string): boolean {
  const [, port] = /^[A-Za-z0-9_.-]+:(\d{1,5})$/.exec(name) ?? [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

/** The port of all nodes; of names that are known only at deployment it is Memcached's, where they do not end in one. */
function portOf(names: string[]): number {
  if (Token.isUnresolved(names)) {
    return MEMCACHED_PORT;
  }
  const ports = [...new Set(names.map((name) => Number(/:(\d{1,5})$/.exec(name)?.[1] ?? MEMCACHED_PORT)))];
  const [port = MEMCACHED_PORT] = ports;
  if (ports.length > 1) {
    throw new Error(`PageCache.nodes: all must have the same port, got: ${ports.join(', ')}`);
  }
  return port;
}
