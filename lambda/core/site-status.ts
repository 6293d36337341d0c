import type { NodeStatus, SiteStatus } from './inspect-answers';
import type { InspectTools } from './inspect-page';
import { listPurges } from './list-purges';
import type { NodeRegistry } from './page-index';

const LAST_PURGES = 5;

/** How a site's nodes and its index are. What does not answer is said, and keeps nothing else from being said. */
export async function siteStatus(tools: InspectTools): Promise<SiteStatus> {
  const { config, index, now } = tools;
  const attempts = [
    index.nodes(),
    index.size(),
    listPurges({ limit: LAST_PURGES, sinceAt: 0 }, tools).then(({ purges }) => purges),
  ] as const;
  const [registry, size, purges] = await Promise.allSettled(attempts);
  const failed = [registry, size, purges].find((attempt) => attempt.status === 'rejected');
  return {
    site: config.site,
    at: now(),
    nodes: await nodesOf(tools, registry.status === 'fulfilled' ? registry.value : undefined),
    index: {
      kind: config.purging.index,
      ...(size.status === 'fulfilled' ? { size: size.value } : {}),
      ...(failed === undefined ? {} : { error: (failed.reason as Error).message }),
    },
    purges: purges.status === 'fulfilled' ? purges.value : [],
  };
}

function nodesOf({ store }: InspectTools, registry?: NodeRegistry): Promise<NodeStatus[]> {
  const missed = registry?.missed ?? new Set<string>();
  const names = [...new Set([...store.nodes, ...(registry?.nodes ?? []), ...missed])].sort();
  return Promise.all(
    names.map(async (node) => {
      const known = { node, onRing: store.nodes.includes(node), missedPurge: missed.has(node) };
      try {
        const stats = await store.stats(node);
        return { ...known, reachable: true, ...(stats && { stats }) };
      } catch (error) {
        return { ...known, reachable: false, error: (error as Error).message };
      }
    }),
  );
}
