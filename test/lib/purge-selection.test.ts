import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Match } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Origin, PageIndexing, PurgeMode, type PurgeSelection } from '../../lib/index';
import { newSite, newStack, templateOf } from './site-template';

const version = 'v1';

describe('a selection', () => {
  test('becomes the request that the purge function takes, without what it does not name', () => {
    const site = newSite();

    site.purgeOnDeploy(
      {
        urls: ['https://www.example.com/'],
        exactUrls: ['https://www.example.com/list?page=2'],
        prefixes: ['https://www.example.com/news'],
        tags: ['product-1'],
        hosts: [],
        everything: false,
        mode: PurgeMode.DELETE,
      },
      { version },
    );

    const Purge = JSON.stringify({
      urls: ['https://www.example.com/'],
      exactUrls: ['https://www.example.com/list?page=2'],
      prefixes: ['https://www.example.com/news'],
      tags: ['product-1'],
      mode: 'delete',
    });
    templateOf(site).hasResourceProperties('Custom::PagePurge', { Purge });
  });

  test.each<[keyof PurgeSelection, string, string]>([
    ['urls', '/news', 'an http or https URL'],
    ['exactUrls', 'www.example.com', 'an http or https URL'],
    ['prefixes', 'https://a/news?page=1', 'an http or https URL without a query'],
    ['tags', 'a b', 'a tag of 1 to 256 visible ASCII characters'],
    ['hosts', 'https://a', "a host's name"],
  ])('fails for %s with %j, which can name nothing', (field, text, rule) => {
    expect(() => newSite().purgeOnDeploy({ [field]: [text] })).toThrow(
      `purgeOnDeploy: ${field} must each be ${rule}, got: '${text}'`,
    );
  });
});

/** A VPC in which functions have no way out. */
function isolated() {
  const stack = newStack();
  const vpc = new ec2.Vpc(stack, 'Vpc', {
    subnetConfiguration: [
      { name: 'public', subnetType: ec2.SubnetType.PUBLIC },
      { name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    ],
  });
  return { stack, vpc };
}

describe('a refresh', () => {
  const refresh = { everything: true, mode: PurgeMode.REFRESH };
  const coreVariables = (origin: object) => ({
    MemorySize: 1024,
    Environment: { Variables: { NMS_CACHE_ENDPOINT: Match.anyValue(), ...origin } },
  });

  test('asks an origin in the VPC, which lets the purging function in', () => {
    const { stack, vpc } = isolated();
    const balancer = new elbv2.ApplicationLoadBalancer(stack, 'Balancer', { vpc });
    const site = newSite({ vpc, origin: Origin.loadBalancer(balancer, { port: 8000 }) }, stack);

    site.purgeOnDeploy(refresh);

    const template = templateOf(site);
    template.hasResourceProperties('Custom::PagePurge', { Purge: '{"everything":true,"mode":"refresh"}' });
    template.hasResourceProperties(
      'AWS::Lambda::Function',
      coreVariables({ NMS_ORIGIN: Match.anyValue(), NMS_ORIGIN_HOST_HEADER: 'visitor' }),
    );
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      Description: 'purges that render pages again',
      GroupId: stack.resolve(balancer.connections.securityGroups[0]?.securityGroupId) as unknown,
      SourceSecurityGroupId: stack.resolve(site.purger.core.connections.securityGroups[0]?.securityGroupId) as unknown,
      FromPort: 8000,
      ToPort: 8000,
    });
  });

  test('asks an origin anywhere from private subnets with egress', () => {
    const stack = newStack();
    const site = newSite({ vpc: new ec2.Vpc(stack, 'Vpc') }, stack);

    site.purgeOnDeploy(refresh);

    templateOf(site).hasResourceProperties(
      'AWS::Lambda::Function',
      coreVariables({ NMS_ORIGIN: 'https://app.example.com', NMS_ORIGIN_HOST_HEADER: 'visitor' }),
    );
  });

  test('fails where there is no way to the origin, of which the purging function is then not told', () => {
    const site = newSite();

    expect(() => site.purgeOnDeploy(refresh)).toThrow(
      'cannot reach an origin outside of the VPC, or behind an internet-facing load balancer; give the VPC private subnets with egress, or the site an internal origin',
    );
    const absent = { NMS_ORIGIN: Match.absent(), NMS_ORIGIN_HOST_HEADER: Match.absent() };
    templateOf(site).resourcePropertiesCountIs('AWS::Lambda::Function', coreVariables(absent), 2);
  });

  test('fails for an origin in the VPC whose name stands for public addresses', () => {
    const { stack, vpc } = isolated();
    const balancer = new elbv2.ApplicationLoadBalancer(stack, 'Balancer', { vpc, internetFacing: true });
    const site = newSite({ vpc, origin: Origin.loadBalancer(balancer) }, stack);

    expect(() => site.purgeOnDeploy(refresh)).toThrow('or behind an internet-facing load balancer');
  });

  test('is of an origin that is bound once', () => {
    const origin = Origin.http('https://app.example.com');
    const bind = jest.spyOn(origin, 'bind');

    newSite({ origin });

    expect(bind).toHaveBeenCalledTimes(1);
  });
});

describe('a site without an index', () => {
  const because = 'the site keeps no index of its pages (index: PageIndexing.NONE)';
  const url = 'https://www.example.com/';

  test('purges exact URLs, and everything when it may empty the nodes', () => {
    expect(() => newSite({ index: PageIndexing.NONE }).purgeOnDeploy({ exactUrls: [url] })).not.toThrow();
    expect(() => newSite({ index: PageIndexing.NONE, flushOnPurge: true }).purgeOnDeploy()).not.toThrow();
  });

  test.each<[string, PurgeSelection, string]>([
    ['URLs and tags', { urls: [url], tags: ['a'] }, `urls and tags must be left out: ${because}; use exactUrls`],
    ['everything', { everything: true }, `everything must be left out: ${because}, and flushOnPurge is not true`],
  ])('fails for %s', (_, selection, message) => {
    expect(() => newSite({ index: PageIndexing.NONE }).purgeOnDeploy(selection)).toThrow(`purgeOnDeploy: ${message}`);
  });

  test('fails for a refresh', () => {
    const stack = newStack();
    const site = newSite({ vpc: new ec2.Vpc(stack, 'Vpc'), index: PageIndexing.NONE }, stack);

    expect(() => site.purgeOnDeploy({ exactUrls: [url], mode: PurgeMode.REFRESH })).toThrow(
      `mode must be PurgeMode.DELETE, got: PurgeMode.REFRESH: ${because}`,
    );
  });

  test('fails for buckets and tables, whose pages could not be found', () => {
    const stack = newStack();
    const site = newSite({ index: PageIndexing.NONE }, stack);
    const table = dynamodb.Table.fromTableName(stack, 'Products', 'products');

    expect(() => site.purgeOnObjectChange(new s3.Bucket(stack, 'Pages'), { url: `${url}{key}` })).toThrow(
      `purgeOnObjectChange: urls must be left out: ${because}`,
    );
    expect(() => site.purgeOnItemChange(table, { tags: ['a'] })).toThrow(
      `purgeOnItemChange: tags must be left out: ${because}`,
    );
  });
});
