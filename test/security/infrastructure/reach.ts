/** Who reaches whom in each stack, as docs/aws.md says: between security groups, from the internet, and to any address. */
export interface Reach {
  readonly inside: readonly string[];
  readonly fromOutside: string;
  readonly toAnywhere: readonly string[];
  /** What has a public address: tasks only where there is no other way out of the VPC. */
  readonly publicAddresses: readonly string[];
}

const BALANCED = ['LoadBalancer -> Tier: 8080', 'LoadBalancer -> Tier: 8081'];
const CLIENTS = ['Inspector', 'Purger', 'Tier', 'Writer'];
const CACHED = CLIENTS.map((client) => `${client} -> PageCache: 11211`);
const APIS = CLIENTS.map((client) => `${client} -> anywhere: 443`);
const FUNCTION = ['Purger', 'Tier'].map((client) => `${client} -> Origin/LoadBalancer: 80`);
const IN_PUBLIC_SUBNETS = ['LoadBalancer', 'Tier/Service/Service'];
const WEBSITE = 'anywhere -> LoadBalancer: 80';

export const REACH: Readonly<Record<string, Reach>> = {
  defaults: {
    inside: [...BALANCED, ...CACHED],
    fromOutside: WEBSITE,
    toAnywhere: APIS,
    publicAddresses: IN_PUBLIC_SUBNETS,
  },
  demo: {
    inside: [...BALANCED, ...CACHED, ...FUNCTION],
    fromOutside: WEBSITE,
    toAnywhere: APIS,
    publicAddresses: IN_PUBLIC_SUBNETS,
  },
  serverless: {
    inside: [...BALANCED, ...CACHED, ...FUNCTION],
    fromOutside: WEBSITE,
    toAnywhere: APIS,
    publicAddresses: ['LoadBalancer'],
  },
  // Of nodes whose groups are not known, only the port is.
  knownNodes: {
    inside: BALANCED,
    fromOutside: WEBSITE,
    toAnywhere: [...APIS, ...CLIENTS.map((client) => `${client} -> anywhere: 11311`)],
    publicAddresses: IN_PUBLIC_SUBNETS,
  },
  everything: {
    inside: [
      ...BALANCED,
      ...CACHED,
      ...['Fill', 'Warmer/Core'].map((client) => `${client} -> PageCache: 11211`),
      ...['Fill', 'Purger', 'Tier', 'Warmer/Core'].map((client) => `${client} -> theirs: 8000`),
      'Tier -> Fill/LoadBalancer: 80',
    ],
    fromOutside: 'pl-3b927c52 -> LoadBalancer: 443',
    toAnywhere: [
      ...APIS,
      ...['Fill', 'Tier/InstanceSecurityGroup', 'Warmer/Core'].map((client) => `${client} -> anywhere: 443`),
    ],
    publicAddresses: ['LoadBalancer'],
  },
};
