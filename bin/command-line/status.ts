import { Command } from 'commander';
import type { NodeStatus, SiteStatus } from '../../lambda/core/inspect-answers';
import { bytes, duration, percent } from '../../lambda/core/readable';
import { type CostOptions, showCost, withCost } from './cost';
import { ExitCode } from './exit-codes';
import { print } from './output';
import { type Cluster, type Target, targetOf, withTarget } from './target';
import { columns } from './columns';
import { purgeCells } from './who-purged';

/** What ElastiCache says of the nodes, or why it does not. */
type ClusterAnswer = { readonly cluster?: Cluster | { readonly error: string } };

/** `status`: how the nodes and the index are. */
export const statusCommand = withCost(
  withTarget(
    new Command('status').description(
      'shows the nodes, their hit ratio, the index and the last purges; exit code 1 when something is not well',
    ),
  ),
).action(async (options: CostOptions) => {
  if (options.cost) return showCost(options);
  const target = await targetOf(options);
  const [status, cluster] = await Promise.all([
    target.invoke<SiteStatus>('inspect', { status: {} }),
    askCluster(target),
  ]);
  const answer = { ...status, ...cluster };
  print(options.json ? JSON.stringify(answer) : textOf(answer));
  if (faultsOf(answer).length > 0) process.exitCode = ExitCode.FAILED;
});

// The rest is worth showing all the same.
async function askCluster(target: Target): Promise<ClusterAnswer> {
  try {
    const cluster = await target.cluster();
    return cluster === undefined ? {} : { cluster };
  } catch (error) {
    return { cluster: { error: (error as Error).message } };
  }
}

function faultsOf({ nodes, index, cluster }: SiteStatus & ClusterAnswer): string[] {
  return [
    ...nodes.filter(({ reachable }) => !reachable).map(({ node, error }) => `${node} does not answer: ${error}`),
    ...nodes
      .filter(({ missedPurge }) => missedPurge)
      .map(({ node }) => `${node} missed a purge: it is emptied before it is used again`),
    ...(index.error === undefined ? [] : [`the index does not answer: ${index.error}`]),
    ...(cluster !== undefined && 'error' in cluster ? [`ElastiCache does not answer: ${cluster.error}`] : []),
  ];
}

function textOf(status: SiteStatus & ClusterAnswer): string {
  const { site, nodes, index, purges, cluster } = status;
  const sum = (name: 'hits' | 'misses') => nodes.reduce((all, { stats }) => all + (stats?.[name] ?? 0), 0);
  const [hits, misses] = [sum('hits'), sum('misses')];
  return [
    `site ${site}: hit ratio of the nodes ${percent(hits, hits + misses)}`,
    ...(cluster !== undefined && 'id' in cluster ? [clusterText(cluster)] : []),
    '',
    ...columns([HEADINGS, ...nodes.map((node) => nodeCells(node, cluster))]),
    '',
    index.size === undefined
      ? 'index: not known'
      : `index: ${index.size.rows} rows, ${bytes(index.size.bytes)}, as DynamoDB counted them in the last six hours${
          index.kind === 'none' ? '; none of them of pages' : ''
        }`,
    ...(purges.length === 0
      ? ['no purges in 30 days']
      : ['last purges:', ...indented(columns(purges.map(purgeCells)))]),
    ...faultsOf(status).map((fault) => `not well: ${fault}`),
  ].join('\n');
}

const HEADINGS = ['node', 'state', 'up', 'items', 'memory', 'evictions', 'hit ratio'];

function nodeCells({ node, onRing, reachable, stats }: NodeStatus, cluster: ClusterAnswer['cluster']): string[] {
  const known = cluster !== undefined && 'id' in cluster ? cluster.nodes.find((each) => each.node === node) : undefined;
  const zone = known?.availabilityZone === undefined ? '' : `, ${known.availabilityZone}`;
  const state = `${reachable ? 'answers' : 'does not answer'}${onRing ? '' : ', not used any more'}${zone}`;
  if (stats === undefined) {
    return [node, state, '-', '-', '-', '-', '-'];
  }
  const { uptimeSeconds, items, bytes: used, limitBytes, evictions, hits, misses } = stats;
  const memory = `${bytes(used)} of ${bytes(limitBytes)}`;
  return [node, state, duration(uptimeSeconds), `${items}`, memory, `${evictions}`, percent(hits, hits + misses)];
}

function clusterText({ id, status, nodeType, engineVersion, nodes }: Cluster): string {
  return `cluster ${id}: ${status}, ${nodes.length} nodes of ${nodeType}, Memcached ${engineVersion}`;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
