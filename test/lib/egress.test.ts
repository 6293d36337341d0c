import { CfnParameter, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type Construct } from 'constructs';
import { type NginxMemcacheSite, Origin, type OriginBinding } from '../../lib/index';
import { newSite, newStack, propertiesOf, templateOf } from './site-template';

interface Rule {
  readonly IpProtocol: string;
  readonly CidrIp?: string;
  readonly DestinationSecurityGroupId?: unknown;
  readonly FromPort: number;
  readonly ToPort: number;
  readonly GroupId?: unknown;
}
interface Group {
  readonly SecurityGroupEgress?: Rule[];
}

/** Where a security group lets out to: an address range or a group, and the ports. */
function wayOut({ connections }: ec2.IConnectable, site: NginxMemcacheSite): unknown[] {
  const stack = Stack.of(site);
  const template = templateOf(site);
  const group = stack.resolve(connections.securityGroups[0]?.securityGroupId) as { 'Fn::GetAtt': [string, string] };
  const [id] = group['Fn::GetAtt'];
  const inline = (template.findResources('AWS::EC2::SecurityGroup')[id]?.Properties as Group).SecurityGroupEgress ?? [];
  const others = propertiesOf<Rule>(template, 'AWS::EC2::SecurityGroupEgress').filter(
    ({ GroupId }) => JSON.stringify(GroupId) === JSON.stringify(group),
  );
  return [...inline, ...others].map(({ CidrIp, DestinationSecurityGroupId, FromPort, ToPort, IpProtocol }) => {
    expect(IpProtocol).toBe('tcp');
    return [CidrIp ?? DestinationSecurityGroupId, FromPort === ToPort ? FromPort : `${FromPort}-${ToPort}`];
  });
}

const groupOf = ({ connections }: ec2.IConnectable, site: NginxMemcacheSite): unknown =>
  Stack.of(site).resolve(connections.securityGroups[0]?.securityGroupId);
const ANYWHERE = '0.0.0.0/0';

describe('what may be called from inside', () => {
  test('by functions: Memcached, and HTTPS, which DynamoDB is', () => {
    const site = newSite();
    const expected = [
      [ANYWHERE, 443],
      [groupOf({ connections: site.cacheConnections }, site), 11211],
    ];

    expect(wayOut(site.purger.core, site)).toEqual(expected);
    expect(wayOut({ connections: site.writeFunction.connections }, site)).toEqual(expected);
  });

  test('by tasks: Memcached, HTTPS, and the port of the origin', () => {
    const site = newSite({ origin: Origin.http('http://app.example.com:8000') });

    expect(wayOut(site.service, site)).toEqual([
      [ANYWHERE, 443],
      [ANYWHERE, 8000],
      [groupOf({ connections: site.cacheConnections }, site), 11211],
    ]);
  });

  test.each([
    ['https://app.example.com', []],
    ['http://app.example.com', [80]],
    ['https://app.example.com:8443/', [8443]],
  ])('by tasks, for an origin at %s', (url, ports) => {
    const site = newSite({ origin: Origin.http(url) });

    const out = wayOut(site.service, site).filter((rule) => (rule as unknown[])[0] === ANYWHERE);

    expect(out).toEqual([443, ...ports].map((port) => [ANYWHERE, port]));
  });

  test.each([
    [(name: string) => `https://${name}`, '0-65535'],
    [(name: string) => name, '0-65535'],
    [(name: string) => `https://${name}:8443`, 8443],
    [(name: string) => `http://${name}.example.com`, 80],
  ])('by tasks, for an origin that is known only at deployment (%s)', (url, port) => {
    const stack = newStack();
    const name = new CfnParameter(stack, 'Name').valueAsString;
    const site = newSite({ origin: Origin.http(url(name)) }, stack);

    expect(wayOut(site.service, site)).toContainEqual([ANYWHERE, port]);
  });

  describe('for an origin behind a load balancer', () => {
    const siteBefore = (internetFacing: boolean) => {
      const stack = newStack();
      const vpc = new ec2.Vpc(stack, 'Vpc');
      const balancer = new elbv2.ApplicationLoadBalancer(stack, 'Balancer', { vpc, internetFacing });
      const site = newSite({ vpc, origin: Origin.loadBalancer(balancer, { port: 8000 }) }, stack);
      return { site, balancer };
    };

    test('that is internal: it alone, by tasks and by the function that renders', () => {
      const { site, balancer } = siteBefore(false);

      for (const client of [site.service, site.purger.core]) {
        expect(wayOut(client, site)).toContainEqual([groupOf(balancer, site), 8000]);
        expect(wayOut(client, site)).not.toContainEqual([ANYWHERE, 8000]);
      }
    });

    test('that is internet-facing: its port anywhere, because its addresses are public', () => {
      const { site } = siteBefore(true);

      expect(wayOut(site.service, site)).toContainEqual([ANYWHERE, 8000]);
    });

    test('that is imported: both, because it may be either', () => {
      const stack = newStack();
      const vpc = new ec2.Vpc(stack, 'Vpc');
      const balancer = elbv2.ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'Balancer', {
        loadBalancerArn: 'arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/shop/0b1c',
        loadBalancerDnsName: 'shop.internal.example',
        securityGroupId: 'sg-0123456789abcdef0',
        vpc,
      });
      const site = newSite({ vpc, origin: Origin.loadBalancer(balancer) }, stack);

      expect(wayOut(site.service, site)).toEqual(
        expect.arrayContaining([
          ['sg-0123456789abcdef0', 80],
          [ANYWHERE, 80],
        ]),
      );
    });
  });

  test('for an origin that users write: the port that they name, or that is in its URL', () => {
    class Mine extends Origin {
      public constructor(private readonly port?: ec2.Port) {
        super();
      }
      public bind(_scope: Construct): OriginBinding {
        return { url: 'http://10.0.0.7:8000', port: this.port };
      }
    }

    const [named, unnamed] = [new Mine(ec2.Port.tcpRange(8000, 8003)), new Mine()].map((origin) => newSite({ origin }));

    expect(named && wayOut(named.service, named)).toContainEqual([ANYWHERE, '8000-8003']);
    expect(unnamed && wayOut(unnamed.service, unnamed)).toContainEqual([ANYWHERE, 8000]);
  });

  test('is nothing by Memcached, and by the load balancer nothing but the tasks', () => {
    const site = newSite();
    const tasks = groupOf(site.service, site);

    expect(wayOut(site.loadBalancer, site)).toEqual([
      [tasks, 8080],
      [tasks, 8081],
    ]);
    const [rule] = propertiesOf<Group & { GroupDescription: string }>(templateOf(site), 'AWS::EC2::SecurityGroup')
      .filter(({ GroupDescription }) => GroupDescription.startsWith('Memcached'))
      .flatMap(({ SecurityGroupEgress = [] }) => SecurityGroupEgress);
    // How CDK says "nothing": without any rule everything would be allowed.
    expect(rule).toMatchObject({ IpProtocol: 'icmp', CidrIp: '255.255.255.255/32' });
  });
});
