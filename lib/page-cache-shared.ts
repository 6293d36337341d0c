import type { Connections } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { ConnectableSite } from './connectable-site';
import type { PageCacheBinding, PageCacheBindOptions } from './page-cache';

/** A site's nodes, and what the site told them: what others that share them need to know. */
export interface BoundCache {
  readonly binding: PageCacheBinding;
  readonly options: PageCacheBindOptions;
}

// The names of the sites on the same nodes: a name is what keeps the keys of sites apart.
const NAMES = new WeakMap<Connections, Set<string>>();

/**
 * Says how the nodes of another site are reached.
 *
 * @throws Error, when it is called, for a site that cannot be on them.
 */
export function nodesOf(other: ConnectableSite): (scope: Construct, options: PageCacheBindOptions) => PageCacheBinding {
  return ({ node }, options) => {
    const { binding, options: theirs } = other._boundCache;
    const names = NAMES.get(binding.connections) ?? new Set([theirs.siteName]);
    const site = node.scope?.node.path;
    const faults = faultsOf(other.node.path, options, theirs, names);
    if (faults.length > 0) {
      throw new Error(`${site}: PageCache.sharedWith: ${faults.join('; ')}`);
    }
    NAMES.set(binding.connections, names.add(options.siteName));
    return binding;
  };
}

function faultsOf(
  other: string,
  ours: PageCacheBindOptions,
  theirs: PageCacheBindOptions,
  names: ReadonlySet<string>,
): string[] {
  const faults: (readonly [isFault: boolean, what: string])[] = [
    [ours.vpc.vpcId !== theirs.vpc.vpcId, `the nodes lie in the VPC of ${other}: give it as the vpc prop`],
    [
      names.has(ours.siteName),
      `there is a site of that name on the nodes, and they would take each other's pages; siteName must be another, got: '${ours.siteName}'`,
    ],
    [
      ours.largestItem > theirs.largestItem,
      `the nodes take values of ${theirs.largestItem} bytes, as maxPageSize of ${other} says, and a page may have ${ours.largestItem} with its head`,
    ],
    [
      ours.flushOnPurge || theirs.flushOnPurge,
      `flushOnPurge empties the nodes of all sites: neither this site nor ${other} may have it`,
    ],
  ];
  return faults.filter(([isFault]) => isFault).map(([, what]) => what);
}
