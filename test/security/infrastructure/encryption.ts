import { at, type Deployed, listAt, type Properties, type Resource } from './template';

/**
 * What is not encrypted, or lets through what should be refused, as `resource: fault`. What AWS always encrypts has no
 * fault here: DynamoDB, log groups and ElastiCache Serverless. Memcached on nodes keeps pages in memory only.
 */
export function unprotected(deployed: Deployed): string[] {
  return Object.entries(RULES).flatMap(([type, rules]) =>
    deployed.all(type).flatMap((resource) =>
      Object.entries(rules)
        .filter(([, isGood]) => !isGood(resource, deployed))
        .map(([rule]) => `${resource.name}: ${rule}`),
    ),
  );
}

type Rule = (resource: Resource, deployed: Deployed) => boolean;

const RULES: Record<string, Record<string, Rule>> = {
  'SQS::Queue': {
    'is encrypted': ({ properties }) => properties.SqsManagedSseEnabled === true,
    'refuses what comes without TLS': ({ name }, deployed) =>
      deployed.all('SQS::QueuePolicy').some(({ properties }) => {
        const queues = listAt(properties, 'Queues').map((queue) => deployed.nameOf(queue));
        return queues.includes(name) && refusesPlain(properties);
      }),
  },
  'EC2::LaunchTemplate': {
    'has encrypted volumes': ({ properties }) =>
      listAt(properties, 'LaunchTemplateData', 'BlockDeviceMappings').every(
        (each) => at(each, 'Ebs', 'Encrypted') === true,
      ),
    'answers sessions only about itself (IMDSv2)': ({ properties }) =>
      at(properties, 'LaunchTemplateData', 'MetadataOptions', 'HttpTokens') === 'required',
    'keeps its role from tasks': ({ properties }) =>
      JSON.stringify(at(properties, 'LaunchTemplateData', 'UserData')).includes('ECS_AWSVPC_BLOCK_IMDS=true'),
  },
  'ElasticLoadBalancingV2::LoadBalancer': {
    'drops header names that servers read as others': ({ properties }) =>
      listAt(properties, 'LoadBalancerAttributes').some(
        ({ Key, Value }) => Key === 'routing.http.drop_invalid_header_fields.enabled' && Value === 'true',
      ),
  },
  'ElasticLoadBalancingV2::Listener': {
    'takes TLS 1.2 and newer': ({ properties }) =>
      properties.Protocol !== 'HTTPS' || /^ELBSecurityPolicy-TLS13-1-2-Res-/.test(String(properties.SslPolicy)),
  },
  'ECS::TaskDefinition': {
    'runs on a file system that cannot be written': ({ properties }) =>
      listAt(properties, 'ContainerDefinitions').every((each) => each.ReadonlyRootFilesystem === true),
    'has no privileges': ({ properties }) =>
      listAt(properties, 'ContainerDefinitions').every((each) => each.Privileged !== true),
  },
  'ECS::Service': {
    'has no shell': ({ properties }) => properties.EnableExecuteCommand !== true,
  },
};

/** Variables of functions and containers that would show a secret, as `resource: variable`. */
export function secretsInSight(deployed: Deployed): string[] {
  const functions = deployed
    .all('Lambda::Function')
    .map(({ name, properties }) => [name, Object.entries(at(properties, 'Environment', 'Variables') ?? {})] as const);
  const containers = deployed
    .all('ECS::TaskDefinition')
    .flatMap(({ properties }) => listAt(properties, 'ContainerDefinitions'))
    .map((container) => {
      const variables = listAt(container, 'Environment').map((each): [string, unknown] => [
        String(each.Name),
        each.Value,
      ]);
      return [String(container.Name), variables] as const;
    });
  return [...functions, ...containers].flatMap(([name, variables]) =>
    variables
      .filter(([, value]) => /\{\{resolve:(?:secretsmanager|ssm-secure)/.test(JSON.stringify(value)))
      .map(([variable]) => `${name}: ${variable}`),
  );
}

function refusesPlain(policy: Properties): boolean {
  return listAt(policy, 'PolicyDocument', 'Statement').some(
    ({ Effect, Action, Principal, Condition }) =>
      Effect === 'Deny' &&
      Action === 'sqs:*' &&
      at(Principal, 'AWS') === '*' &&
      at(Condition, 'Bool', 'aws:SecureTransport') === 'false',
  );
}
