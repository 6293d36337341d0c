import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/** Memcached's own port, and ElastiCache's. */
export const MEMCACHED_PORT = 11211;

/**
 * The subnets of a VPC that are reached from the fewest places: Memcached has no passwords.
 *
 * @throws Error for a VPC with public subnets only.
 */
export function innermostSubnets(vpc: ec2.IVpc, options: ec2.SubnetSelection = {}): ec2.SelectedSubnets {
  if (vpc.isolatedSubnets.length > 0) {
    return vpc.selectSubnets({ subnetType: ec2.SubnetType.PRIVATE_ISOLATED, ...options });
  }
  if (vpc.privateSubnets.length > 0) {
    return vpc.selectSubnets({ subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, ...options });
  }
  throw new Error(
    `the VPC ${vpc.node.path} must have isolated or private subnets: Memcached is never put into a public one`,
  );
}

/** The security group of a new cache: nobody is let in yet, and it calls nobody. */
export function cacheSecurityGroup(scope: Construct, vpc: ec2.IVpc): ec2.SecurityGroup {
  return new ec2.SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: 'Memcached: only nginx tasks and the functions of the site',
    allowAllOutbound: false,
  });
}
