import { App, type Stack } from 'aws-cdk-lib';
import { newApp } from '../lib/site-template';

const SUBNETS = ['Public', 'Private', 'Isolated'] as const;
const ZONES = ['a', 'b'];

/** What AWS says of an account with one VPC, one load balancer and one zone, by CDK's names of those who ask. */
const ANSWERS: Readonly<Record<string, (props: { readonly region: string; readonly domainName?: string }) => unknown>> =
  {
    'availability-zones': ({ region }) => ZONES.map((zone) => region + zone),
    'cc-api-provider': () => [{ PrefixListId: 'pl-3b927c52' }],
    'hosted-zone': ({ domainName }) => ({ Id: '/hostedzone/Z0123456789ABCDEFGHIJ', Name: `${domainName}.` }),
    'load-balancer': ({ region }) => ({
      ipAddressType: 'ipv4',
      loadBalancerArn: `arn:aws:elasticloadbalancing:${region}:111111111111:loadbalancer/app/shop/0123456789abcdef`,
      loadBalancerCanonicalHostedZoneId: 'Z215JYRZR1TBD5',
      loadBalancerDnsName: `internal-shop-1234567890.${region}.elb.amazonaws.com`,
      securityGroupIds: ['sg-0123456789abcdef0'],
      vpcId: 'vpc-0123456789abcdef0',
    }),
    'security-group': () => ({ securityGroupId: 'sg-0123456789abcdef0', allowAllOutbound: true }),
    'vpc-provider': ({ region }) => ({
      vpcId: 'vpc-0123456789abcdef0',
      vpcCidrBlock: '10.0.0.0/16',
      availabilityZones: [],
      subnetGroups: SUBNETS.map((type, kind) => ({
        name: type,
        type,
        subnets: ZONES.map((zone, index) => ({
          subnetId: `subnet-0123456789abcde${kind}${index}`,
          cidr: `10.0.${10 * kind + index}.0/24`,
          availabilityZone: region + zone,
          routeTableId: `rtb-0123456789abcde${kind}${index}`,
        })),
      })),
    }),
  };

/**
 * A stack that looks something up, as `cdk synth` makes it: the app is run again with what was missing, until nothing is. The
 * first runs must not fail, for nothing is looked up then.
 */
export function lookedUp<Made extends Stack>(make: (app: App) => Made): Made {
  const known: Record<string, unknown> = {};
  for (let round = 0; round < 4; round++) {
    const missing = missingOf(new App({ context: known, outdir: newApp().outdir }), make);
    if (missing.length === 0) {
      return make(newApp(known));
    }
    for (const { key, provider, props } of missing) {
      known[key] = ANSWERS[provider]?.(props as never);
    }
  }
  throw new Error('the stack looks up something else each time');
}

/** What stands for something until it is known does not follow CloudFormation's rules, of which CDK then warns. */
function missingOf(app: App, make: (app: App) => Stack) {
  const warnings = jest.spyOn(console, 'error').mockImplementation();
  make(app);
  const { missing = [] } = app.synth().manifest;
  warnings.mockRestore();
  return missing;
}
