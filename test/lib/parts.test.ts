import { Size, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Match } from 'aws-cdk-lib/assertions';
import { type Construct } from 'constructs';
import { Fill, PageCache, type PageCacheBinding, type PageCacheBindOptions } from '../../lib/index';
import { environments, newSite, propertiesOf, siteDocuments, siteTemplate, templateOf } from './site-template';

interface ParameterGroup {
  readonly Properties: { readonly max_item_size: string };
}

describe('the page cache', () => {
  test.each([Size.kibibytes(16), Size.mebibytes(1), Size.mebibytes(4), Size.mebibytes(128)])(
    'takes the largest page with its head (%s)',
    (maxPageSize) => {
      const site = newSite({ maxPageSize });

      const [group] = propertiesOf<ParameterGroup>(templateOf(site), 'AWS::ElastiCache::ParameterGroup');

      const [document] = Object.values(siteDocuments(site)) as { limits: { pageSize: number; headSize: number } }[];
      const largest = (document?.limits.pageSize ?? NaN) + (document?.limits.headSize ?? NaN);
      expect(Number(group?.Properties.max_item_size)).toBeGreaterThan(largest);
    },
  );

  test.each([
    [1, 'single-az'],
    [3, 'cross-az'],
  ])('of %i nodes is %s', (nodes, AZMode) => {
    siteTemplate({ cache: PageCache.cluster({ nodes, nodeType: 'cache.m7g.large' }) }).hasResourceProperties(
      'AWS::ElastiCache::CacheCluster',
      { Engine: 'memcached', NumCacheNodes: nodes, CacheNodeType: 'cache.m7g.large', AZMode },
    );
  });

  test.each([0, 61, 1.5])('fails for %d nodes', (nodes) => {
    expect(() => PageCache.cluster({ nodes })).toThrow(
      `PageCache.cluster: nodes must be a whole number from 1 to 60, got: ${nodes}`,
    );
  });

  test('fails for a node type of another service', () => {
    expect(() => PageCache.cluster({ nodeType: 't4g.micro' })).toThrow(
      "PageCache.cluster: nodeType must be like 'cache.t4g.micro', got: 't4g.micro'",
    );
  });

  test('takes values that are known only at deployment', () => {
    expect(() => PageCache.cluster({ nodes: Token.asNumber({}), nodeType: Token.asString({}) })).not.toThrow();
  });

  test('can be one that users write themselves', () => {
    class Mine extends PageCache {
      public bind(scope: Construct, { vpc }: PageCacheBindOptions): PageCacheBinding {
        const securityGroups = [new ec2.SecurityGroup(scope, 'Mine', { vpc })];
        return {
          endpoint: 'cache.internal:11211',
          connections: new ec2.Connections({ securityGroups, defaultPort: ec2.Port.tcp(11211) }),
        };
      }
    }

    const template = siteTemplate({ cache: new Mine() });

    template.resourceCountIs('AWS::ElastiCache::CacheCluster', 0);
    expect(environments(template).writer).toMatchObject({ NMS_CACHE_ENDPOINT: 'cache.internal:11211' });
  });
});

test('the index is paid by the request, forgets by itself, and goes with the site', () => {
  siteTemplate().hasResource('AWS::DynamoDB::GlobalTable', {
    DeletionPolicy: 'Delete',
    Properties: {
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    },
  });
});

describe('the tier', () => {
  const containers = (nginx: object, writer: object) => ({
    ContainerDefinitions: [
      Match.objectLike({ Name: 'nginx', ...nginx }),
      Match.objectLike({ Name: 'writer', ...writer }),
    ],
  });

  test('goes on without its writer, which is started again', () => {
    siteTemplate().hasResourceProperties(
      'AWS::ECS::TaskDefinition',
      containers({ Essential: true }, { Essential: false, RestartPolicy: { Enabled: true } }),
    );
  });

  test('keeps the processor share that the writer is not given', () => {
    siteTemplate({ cpu: 1024, memoryLimitMiB: 2048, fill: Fill.sidecar({ cpuShare: 40 }) }).hasResourceProperties(
      'AWS::ECS::TaskDefinition',
      containers({ Cpu: 614 }, { Cpu: 410 }),
    );
  });

  test.each([4, 96, 12.5])('fails for a writer with %d percent', (cpuShare) => {
    expect(() => Fill.sidecar({ cpuShare })).toThrow(
      `Fill.sidecar: cpuShare must be a whole number of percent from 5 to 95, got: ${cpuShare}`,
    );
  });

  test('is deployed without taking a task away first, and rolled back when it does not start', () => {
    siteTemplate({ desiredCount: 3 }).hasResourceProperties('AWS::ECS::Service', {
      DesiredCount: 3,
      DeploymentConfiguration: {
        MinimumHealthyPercent: 100,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
    });
  });

  test('says itself whether it is well, on a port that visitors do not reach', () => {
    siteTemplate().hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      Port: 8080,
      HealthCheckPort: '8081',
      HealthCheckPath: '/health',
    });
  });
});

test('logs are kept for a month and go with the site', () => {
  siteTemplate().allResources('AWS::Logs::LogGroup', {
    DeletionPolicy: 'Delete',
    Properties: { RetentionInDays: 30 },
  });
});
