import { type App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPagesEnvironment } from '../../lambda/pages/environment';
import { type NginxMemcacheSite, PageCache, PageFormat } from '../../lib/index';
import { newSite, propertiesOf, templateOf } from './site-template';

const vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };

function newFunction(stack: Stack, props: Partial<lambda.FunctionProps> = {}): lambda.Function {
  return new lambda.Function(stack, 'Mine', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => undefined;'),
    ...props,
  });
}

interface FunctionProperties {
  readonly Code: { ZipFile?: string };
  readonly Environment?: { Variables: Record<string, unknown> };
  readonly Layers?: unknown[];
}

const mineOf = (site: NginxMemcacheSite) =>
  propertiesOf<FunctionProperties>(templateOf(site), 'AWS::Lambda::Function').find(
    ({ Code }) => Code.ZipFile !== undefined,
  );

/** The files of the layer, by their path. */
function layerDocument(site: NginxMemcacheSite): unknown {
  const output = (site.node.root as App).synth().directory;
  const found = readdirSync(output).find((name) => {
    return name.startsWith('asset.') && readdirSync(join(output, name)).includes('nginx-memcache-site');
  });
  return JSON.parse(readFileSync(join(output, String(found), 'nginx-memcache-site', 'site.json'), 'utf8'));
}

test('a function that may keep pages is told where and by which rules, and may use the index', () => {
  const site = newSite({ siteName: 'shop', cache: PageCache.nodes(['one.cache.internal:11211']) });
  const handler = newFunction(Stack.of(site), { vpc: site.vpc, vpcSubnets });

  site.connectPages(handler);

  const mine = mineOf(site);
  expect(mine?.Environment?.Variables).toEqual({
    NMS_SITE_NAME: 'shop',
    NMS_CACHE_NODES: 'one.cache.internal:11211',
    NMS_TABLE: { Ref: expect.any(String) as string },
    NMS_SITE_CONFIG: '/opt/nginx-memcache-site/site.json',
  });
  expect(mine?.Layers).toHaveLength(1);
  expect(layerDocument(site)).toMatchObject({ site: 'shop' });
  templateOf(site).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [
        {
          Action: ['BatchGetItem', 'BatchWriteItem', 'PutItem', 'Query', 'UpdateItem'].map(
            (name) => `dynamodb:${name}`,
          ),
          Effect: 'Allow',
          Resource: Match.anyValue(),
        },
      ],
    },
    Roles: [Stack.of(site).resolve(handler.role?.roleName) as unknown],
  });
  Annotations.fromStack(Stack.of(site)).hasNoWarning('*', Match.anyValue());
});

test('cachePage reads the environment and the document that a function has', () => {
  const site = newSite({ siteName: 'shop', cache: PageCache.nodes(['one.cache.internal:11211']) });
  site.connectPages(newFunction(Stack.of(site), { vpc: site.vpc, vpcSubnets }));
  const variables = {
    ...(mineOf(site)?.Environment?.Variables as Record<string, string>),
    NMS_TABLE: 'shop-pages',
    NMS_SITE_CONFIG: undefined,
    NMS_SITE_DOCUMENT: JSON.stringify(layerDocument(site)),
  };

  expect(readPagesEnvironment(variables)).toMatchObject({
    site: { site: 'shop' },
    cache: { nodes: ['one.cache.internal:11211'] },
    table: 'shop-pages',
  });
});

test('a program that is no function gets the document in its environment', () => {
  const site = newSite({ siteName: 'shop', cache: PageCache.nodes(['one.cache.internal:11211']) });

  const environment = Stack.of(site).resolve(site.pagesEnvironment) as Record<string, string>;
  expect(readPagesEnvironment({ ...environment, NMS_TABLE: 'shop-pages' })).toMatchObject({
    site: { site: 'shop' },
  });
});

test('a function of another stack has the document in a layer of its own stack, which the site does not depend on', () => {
  const site = newSite();
  const other = new Stack(site.node.root, 'Other');
  const handler = newFunction(other, { vpc: site.vpc });

  site.connectPages(handler);
  site.connectPages(
    new lambda.Function(other, 'Second', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = async () => undefined;'),
      vpc: site.vpc,
    }),
  );

  Template.fromStack(other).resourceCountIs('AWS::Lambda::LayerVersion', 1);
  templateOf(site).resourceCountIs('AWS::Lambda::LayerVersion', 0);
  expect(Stack.of(site).dependencies).toEqual([]);
});

test('a function that lets nothing out is let out to Memcached and DynamoDB', () => {
  const site = newSite();
  const handler = newFunction(Stack.of(site), { vpc: site.vpc, vpcSubnets, allowAllOutbound: false });

  site.connectPages(handler);

  templateOf(site).hasResourceProperties('AWS::EC2::SecurityGroup', {
    GroupDescription: Match.stringLikeRegexp('Mine'),
    SecurityGroupEgress: [
      { CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443, IpProtocol: 'tcp', Description: 'DynamoDB' },
    ],
  });
});

describe('fails', () => {
  test('for a function outside of the VPC', () => {
    const site = newSite();
    expect(() => site.connectPages(newFunction(Stack.of(site)))).toThrow('must be in the VPC of the site');
  });

  test("for a function made of a container's image, which has no layers", () => {
    const site = newSite();
    const handler = new lambda.Function(Stack.of(site), 'Image', {
      runtime: lambda.Runtime.FROM_IMAGE,
      handler: lambda.Handler.FROM_IMAGE,
      code: lambda.Code.fromEcrImage(ecr.Repository.fromRepositoryName(Stack.of(site), 'Repository', 'mine')),
      vpc: site.vpc,
      vpcSubnets,
    });
    expect(() => site.connectPages(handler)).toThrow("Shop/Image is made of a container's image, which has no layers");
  });

  test('where the application stores the pages itself', () => {
    const site = newSite({ hosts: ['www.example.com'], pageFormat: PageFormat.djangoNginxMemcache() });
    expect(() => site.connectPages(newFunction(Stack.of(site), { vpc: site.vpc, vpcSubnets }))).toThrow(
      'stores the pages',
    );
  });
});
