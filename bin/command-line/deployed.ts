import { CloudFormationClient, DescribeStacksCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { DescribeCacheClustersCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { functionClientConfig, invokeFunction } from '../../lambda/adapters/invoke-function';
import { awsCall } from './aws-errors';
import { UsageError } from './exit-codes';
import type { Cluster, FunctionName, Target, TargetOptions } from './target';

const described = z.object({
  nginxMemcacheSite: z.literal(1),
  site: z.string(),
  functions: z.object({
    inspect: z.string(),
    purge: z.string(),
    write: z.string(),
    warm: z.string().optional(),
  }),
  cluster: z.string().optional(),
});

type DescribedSite = z.infer<typeof described>;

type DeployedOptions = TargetOptions & { readonly stack: string };

/**
 * A deployed site, by its stack.
 *
 * @throws UsageError where the stack does not say which site is meant, Error in one line where AWS does not answer as wanted.
 */
export async function deployedSite(options: DeployedOptions): Promise<Target> {
  // Whoever runs a command line sees which Node it is.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const { region, profile, endpointUrl: endpoint } = options;
  const config = {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  const cloudFormation = new CloudFormationClient(config);
  const site = chosen(await sitesOf(cloudFormation, options), options);
  const lambda = new LambdaClient({ ...config, ...functionClientConfig });
  return {
    async invoke<Answer>(name: FunctionName, event: unknown): Promise<Answer> {
      const functionName = site.functions[name];
      if (functionName === undefined) {
        throw new UsageError(
          `the site ${site.site} has no function that warms: use site.warmFunction, or one of the ways to warm, in its stack`,
        );
      }
      const what = `the ${name} function ${functionName}`;
      return (await awsCall(what, options, () => invokeFunction(lambda, functionName, event))).answer as Answer;
    },
    cluster: () => clusterOf(new ElastiCacheClient(config), site, options),
    template: async () => {
      const command = new GetTemplateCommand({ StackName: options.stack });
      const { TemplateBody } = await awsCall(`the template of the stack ${options.stack}`, options, () =>
        cloudFormation.send(command),
      );
      return TemplateBody ?? '';
    },
  };
}

async function sitesOf(client: CloudFormationClient, options: DeployedOptions): Promise<DescribedSite[]> {
  const { stack } = options;
  const { Stacks } = await awsCall(`the stack ${stack}`, options, () =>
    client.send(new DescribeStacksCommand({ StackName: stack })),
  );
  return (Stacks?.[0]?.Outputs ?? []).flatMap(({ OutputValue = '' }) => {
    const { success, data } = described.safeParse(fromJson(OutputValue));
    return success ? [data] : [];
  });
}

function chosen(sites: readonly DescribedSite[], { stack, site: wanted }: DeployedOptions): DescribedSite {
  const names = sites.map(({ site }) => site).sort();
  const [site, ...others] = sites.filter(({ site }) => wanted === undefined || site === wanted);
  if (names.length === 0) {
    throw new UsageError(`the stack ${stack} has no site in it, or one that was deployed by an older release`);
  }
  if (site === undefined) {
    throw new UsageError(`the stack ${stack} has no site ${wanted}: it has ${names.join(', ')}`);
  }
  if (others.length > 0) {
    throw new UsageError(`the stack ${stack} has several sites: choose with --site one of ${names.join(', ')}`);
  }
  return site;
}

async function clusterOf(
  client: ElastiCacheClient,
  { cluster }: DescribedSite,
  options: DeployedOptions,
): Promise<Cluster | undefined> {
  if (cluster === undefined) {
    return undefined;
  }
  const { CacheClusters } = await awsCall(`the cluster ${cluster}`, options, () =>
    client.send(new DescribeCacheClustersCommand({ CacheClusterId: cluster, ShowCacheNodeInfo: true })),
  );
  const { CacheClusterStatus, CacheNodeType, EngineVersion, CacheNodes } = CacheClusters?.[0] ?? {};
  return {
    id: cluster,
    status: CacheClusterStatus ?? 'unknown',
    nodeType: CacheNodeType,
    engineVersion: EngineVersion,
    nodes: (CacheNodes ?? []).map(({ Endpoint, CacheNodeStatus, CustomerAvailabilityZone }) => ({
      ...(Endpoint === undefined ? {} : { node: `${Endpoint.Address}:${Endpoint.Port}` }),
      status: CacheNodeStatus ?? 'unknown',
      availabilityZone: CustomerAvailabilityZone,
    })),
  };
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
