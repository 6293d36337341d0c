import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { PageCacheBinding } from './page-cache';
import type { PageIndex } from './page-index';
import { withStagedAssets } from './staged-assets';

/** What a site's functions share. */
export interface SiteFunctionProps {
  /** The site's document, as JSON. */
  readonly siteDocument: string;
  readonly vpc: ec2.IVpc;
  readonly cache: PageCacheBinding;
  readonly pageIndex: PageIndex;
}

/** Makes one of the site's functions: inside the VPC, where Memcached is. */
export function siteFunction(
  scope: Construct,
  bundle: 'purge' | 'write',
  description: string,
  props: SiteFunctionProps,
): lambda.Function {
  const { siteDocument, vpc, cache, pageIndex } = props;
  const securityGroup = new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc, description });
  const make = (code: lambda.Code) =>
    new lambda.Function(scope, 'Resource', {
      description,
      runtime: lambda.Runtime.NODEJS_22_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code,
      memorySize: 1024,
      // A purge of very many pages takes minutes; the caller waits for its receipt.
      timeout: Duration.minutes(15),
      vpc,
      vpcSubnets: { subnetType: subnetTypeOf(vpc) },
      securityGroups: [securityGroup],
      environment: { NMS_CACHE_ENDPOINT: cache.endpoint, NMS_TABLE: pageIndex.table.tableName },
      logGroup: new logs.LogGroup(scope, 'Logs', {
        retention: logs.RetentionDays.ONE_MONTH,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    });
  const made = withStagedAssets(bundle, siteDocument, (directory) => make(lambda.Code.fromAsset(directory)));
  cache.connections.allowDefaultPortFrom(made, description);
  pageIndex.grantUse(made);
  return made;
}

// DynamoDB is reached from private subnets whatever endpoints a given VPC has; from isolated ones only through a gateway.
function subnetTypeOf(vpc: ec2.IVpc): ec2.SubnetType {
  return vpc.privateSubnets.length > 0 ? ec2.SubnetType.PRIVATE_WITH_EGRESS : ec2.SubnetType.PRIVATE_ISOLATED;
}
