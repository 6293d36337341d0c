import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { cacheEnvironment } from './cache-access';
import { denyNetworkToCode, functionRole } from './function-role';
import type { PageCacheBinding } from './page-cache';
import type { PageIndex } from './page-index';
import { metricsEnvironment } from './site-log-props';
import { withStagedAssets } from './staged-assets';

/** What a site's functions share. */
export interface SiteFunctionProps {
  /** The site's document, as JSON. */
  readonly siteDocument: string;
  /** The VPC of the site. */
  readonly vpc: ec2.IVpc;
  /** How the Memcached nodes are reached. */
  readonly cache: PageCacheBinding;
  /** The index of stored pages. */
  readonly pageIndex: PageIndex;
  /**
   * Whether CloudWatch is told what the function did.
   * @default true
   */
  readonly metrics?: boolean;
}

type BundledFunctionProps = Omit<
  lambda.FunctionProps,
  'runtime' | 'architecture' | 'handler' | 'code' | 'logGroup' | 'role'
>;

/** Makes a function of one of the library's bundles, with what every function of a site has. */
export function bundledFunction(
  scope: Construct,
  bundle: 'fill-function' | 'inspect' | 'purge' | 'purge-events' | 'warm' | 'warm-events' | 'write',
  siteDocument: string | undefined,
  props: BundledFunctionProps,
): lambda.Function {
  const logGroup = new logs.LogGroup(scope, 'Logs', {
    retention: logs.RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = functionRole(scope, logGroup, props.vpc !== undefined);
  const make = (code: lambda.Code) =>
    new lambda.Function(scope, 'Resource', {
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code,
      // A purge of very many pages takes minutes; the caller waits for its receipt.
      timeout: Duration.minutes(15),
      logGroup,
      role,
      ...props,
    });
  const made = withStagedAssets(bundle, siteDocument, (directory) => make(lambda.Code.fromAsset(directory)));
  if (props.vpc !== undefined) {
    denyNetworkToCode(scope, role, made);
  }
  return made;
}

/** What differs between the functions that work with the pages themselves. */
export type SiteFunctionOptions = Pick<
  lambda.FunctionProps,
  'environment' | 'memorySize' | 'reservedConcurrentExecutions' | 'timeout'
>;

/** Makes one of the functions that work with the pages themselves, and lets it take part in fills and purges. */
export function siteFunction(
  scope: Construct,
  bundle: 'fill-function' | 'purge' | 'warm' | 'write',
  description: string,
  props: SiteFunctionProps,
  options: SiteFunctionOptions = {},
): lambda.Function {
  const made = functionInVpc(scope, bundle, description, props, options);
  props.pageIndex.grantUse(made);
  return made;
}

/** Makes a function where Memcached is: inside the VPC. What it may do at the index is its maker's matter. */
export function functionInVpc(
  scope: Construct,
  bundle: 'fill-function' | 'inspect' | 'purge' | 'warm' | 'write',
  description: string,
  props: SiteFunctionProps,
  { environment, ...options }: SiteFunctionOptions = {},
): lambda.Function {
  const { siteDocument, vpc, cache, pageIndex } = props;
  const made = bundledFunction(scope, bundle, siteDocument, {
    description,
    memorySize: 1024,
    vpc,
    vpcSubnets: { subnetType: subnetTypeOf(vpc) },
    securityGroups: [createSecurityGroup(scope, vpc, description)],
    environment: {
      ...cacheEnvironment(scope, cache),
      NMS_TABLE: pageIndex.table.tableName,
      ...metricsEnvironment(props),
      ...environment,
    },
    ...options,
  });
  made.connections.allowToDefaultPort(cache, description);
  return made;
}

/** Out to HTTPS anywhere: of DynamoDB only the port is known, as its gateway's addresses are in a list of AWS's own. */
function createSecurityGroup(scope: Construct, vpc: ec2.IVpc, description: string): ec2.SecurityGroup {
  const group = new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc, description, allowAllOutbound: false });
  group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'DynamoDB');
  return group;
}

/** Whether a site's functions lie where there is a way out of the VPC. */
export function functionsHaveEgress(vpc: ec2.IVpc): boolean {
  return vpc.privateSubnets.length > 0;
}

// DynamoDB is reached from private subnets whatever endpoints a given VPC has; from isolated ones only through a gateway.
function subnetTypeOf(vpc: ec2.IVpc): ec2.SubnetType {
  return functionsHaveEgress(vpc) ? ec2.SubnetType.PRIVATE_WITH_EGRESS : ec2.SubnetType.PRIVATE_ISOLATED;
}
