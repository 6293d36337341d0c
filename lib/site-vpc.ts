import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

/**
 * Makes a VPC for a site.
 *
 * @param withPrivateSubnets for tasks that have no public addresses: a NAT gateway in each availability zone lets them out.
 */
export function newVpc(scope: Construct, withPrivateSubnets: boolean): ec2.Vpc {
  const vpc = new ec2.Vpc(scope, 'Vpc', {
    maxAzs: 2,
    natGateways: withPrivateSubnets ? 2 : 0,
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [
      { name: 'public', subnetType: ec2.SubnetType.PUBLIC, mapPublicIpOnLaunch: false },
      ...(withPrivateSubnets ? [{ name: 'private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }] : []),
      { name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    ],
  });
  // Free of charge, and all that the functions need besides Memcached.
  vpc.addGatewayEndpoint('DynamoDb', { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB });
  acknowledge(
    vpc,
    'VPC7',
    'Flow logs are paid by the gigabyte of every visit, and are for the user to choose: site.vpc.addFlowLog(). Who reaches what is limited by security groups for each port.',
  );
  return vpc;
}
