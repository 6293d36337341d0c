import type { LocalSite } from '../../local/site';

/** A part of a site that fails. */
export interface Fault {
  readonly name: string;
  begin(site: LocalSite): Promise<unknown>;
  /** By how many milliseconds the 99th percentile may grow. Default: it is not limited */
  readonly p99MayGrow?: number;
}

const MEMCACHED_LIMIT = 50;

const stopped = (nodes: LocalSite['memcached']) => Promise.all(nodes.map((node) => node.stop()));
// The kernel goes on accepting for it.
const hanging = (nodes: LocalSite['memcached']) => {
  nodes.forEach(({ pid }) => process.kill(pid, 'SIGSTOP'));
  return Promise.resolve();
};

/** The site as it is meant to be. */
export const NOTHING: Fault = { name: 'nothing broken', begin: () => Promise.resolve() };

/** The first node is the one that breaks where one does. */
export const FAULTS: readonly Fault[] = [
  {
    name: 'one memcached killed',
    p99MayGrow: MEMCACHED_LIMIT,
    begin: ({ memcached }) => stopped(memcached.slice(0, 1)),
  },
  {
    name: 'one memcached hanging',
    p99MayGrow: MEMCACHED_LIMIT,
    begin: ({ memcached }) => hanging(memcached.slice(0, 1)),
  },
  { name: 'all memcached killed', p99MayGrow: MEMCACHED_LIMIT, begin: ({ memcached }) => stopped(memcached) },
  { name: 'all memcached hanging', p99MayGrow: MEMCACHED_LIMIT, begin: ({ memcached }) => hanging(memcached) },
  { name: 'writer killed', begin: ({ writer }) => writer.stop() },
  { name: 'table gone', begin: ({ dynamo }) => dynamo.close() },
];
