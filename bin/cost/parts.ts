import { HOURS_OF_A_MONTH, PRICES } from './prices';

/** A part of a site, and what it costs for a month of 730 hours while nobody asks for anything. */
export interface Part {
  readonly part: string;
  /** Undefined where the model has no price for it. */
  readonly dollars: number | undefined;
}

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** A CloudFormation template, as far as it is read here. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

type Properties = Readonly<Record<string, unknown>>;

/** What stands in a stack, by what its template says: everything that costs something while idle, also what is not the site's. */
export function partsOf(template: Template): Part[] {
  const of = (type: string) => Object.values(template.Resources).filter(({ Type }) => Type === type);
  const properties = (type: string) => of(type).map(({ Properties = {} }) => Properties);
  const counted = (type: string, name: string, month: number): Part[] => {
    const count = of(type).length;
    return count === 0 ? [] : [{ part: plural(count, name), dollars: count * month }];
  };
  const balancers = properties('AWS::ElasticLoadBalancingV2::LoadBalancer');
  const addresses = balancers
    .filter(({ Scheme }) => Scheme !== 'internal')
    .map(({ Subnets }) => listOf(Subnets).length || 2);
  const services = properties('AWS::ECS::Service').map((service) => tasksOf(service, template));
  const onAddresses = sum(addresses) + sum(services.map(({ publicAddresses }) => publicAddresses));
  const month = (hour: number) => hour * HOURS_OF_A_MONTH;
  return [
    ...counted('AWS::ElasticLoadBalancingV2::LoadBalancer', 'load balancer', month(PRICES.loadBalancerHour)),
    ...services.map(({ part, dollars }) => ({ part, dollars })),
    ...properties('AWS::ElastiCache::CacheCluster').map(nodesOf),
    ...counted(
      'AWS::ElastiCache::ServerlessCache',
      'serverless cache (1 GB at least)',
      month(PRICES.serverlessGigabyteHour),
    ),
    ...(onAddresses === 0
      ? []
      : [
          { part: plural(onAddresses, 'public address', 'es'), dollars: onAddresses * month(PRICES.publicAddressHour) },
        ]),
    ...counted('AWS::EC2::NatGateway', 'NAT gateway', month(PRICES.natGatewayHour + PRICES.publicAddressHour)),
    ...metricsOf(template),
    ...counted('AWS::CloudWatch::Alarm', 'alarm', PRICES.alarmMonth),
    ...counted('AWS::CloudWatch::Dashboard', 'dashboard', PRICES.dashboardMonth),
    ...counted('AWS::SecretsManager::Secret', 'secret', PRICES.secretMonth),
    ...properties('AWS::AutoScaling::AutoScalingGroup').map(() => ({
      part: 'instances of an auto scaling group',
      dollars: undefined,
    })),
  ];
}

/** Of each site that sends metrics. Those that are zero are not sent. */
function metricsOf({ Resources }: Template): Part[] {
  const sites = Object.values(Resources).filter(
    ({ Type, Properties }) => Type === 'AWS::ECS::TaskDefinition' && hasMetrics(JSON.stringify(Properties)),
  );
  const most = sites.length * PRICES.metricsOfASite;
  return sites.length === 0 ? [] : [{ part: `up to ${most} metrics`, dollars: most * PRICES.metricMonth }];
}

function hasMetrics(task: string): boolean {
  return task.includes('"NMS_TABLE"') && !task.includes('{"Name":"NMS_METRICS","Value":"false"}');
}

function tasksOf(service: Properties, { Resources }: Template): Part & { readonly publicAddresses: number } {
  const count = Number(service.DesiredCount ?? smallestCount(Resources));
  const definition = Resources[refOf(service.TaskDefinition) ?? '']?.Properties ?? {};
  const architecture = (definition.RuntimePlatform as { CpuArchitecture?: string } | undefined)?.CpuArchitecture;
  const name = architecture === 'ARM64' ? 'ARM64' : 'X86_64';
  const [cpus, gibibytes] = [Number(definition.Cpu) / 1024, Number(definition.Memory) / 1024];
  const { cpuHour, gibibyteHour } = PRICES.fargate[name];
  const isFargate = listOf(definition.RequiresCompatibilities).includes('FARGATE');
  const dollars = count * (cpus * cpuHour + gibibytes * gibibyteHour) * HOURS_OF_A_MONTH;
  const size = `${name === 'ARM64' ? 'ARM' : 'x86'}, ${cpus} vCPU, ${gibibytes} GiB`;
  return {
    part: isFargate ? `${plural(count, 'task')} of Fargate (${size})` : `${plural(count, 'task')} on instances`,
    dollars: isFargate && Number.isFinite(dollars) ? dollars : isFargate ? undefined : 0,
    publicAddresses: JSON.stringify(service.NetworkConfiguration ?? '').includes('"AssignPublicIp":"ENABLED"')
      ? count
      : 0,
  };
}

/** A service whose number of tasks follows the load begins with the fewest. */
function smallestCount(resources: Template['Resources']): number {
  const target = Object.values(resources).find(({ Type }) => Type === 'AWS::ApplicationAutoScaling::ScalableTarget');
  return Number(target?.Properties?.MinCapacity ?? 1);
}

function nodesOf({ CacheNodeType, NumCacheNodes }: Properties): Part {
  const [type, count] = [String(CacheNodeType), Number(NumCacheNodes)];
  const hour = PRICES.cacheNodeHour[type];
  return { part: `${plural(count, 'node')} of Memcached (${type})`, dollars: hour && hour * count * HOURS_OF_A_MONTH };
}

function refOf(value: unknown): string | undefined {
  return (value as { Ref?: string } | undefined)?.Ref;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function plural(count: number, name: string, ending = 's'): string {
  return `${count} ${name}${count === 1 ? '' : ending}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
