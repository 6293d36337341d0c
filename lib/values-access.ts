import { Annotations, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { cacheEnvironment } from './cache-access';
import type { PageCacheBinding } from './page-cache';

/** The variables by which `nginx-memcache-site/values` finds a site's nodes, and the keys that are its own. */
export function valuesEnvironment(site: Construct, siteName: string, cache: PageCacheBinding): Record<string, string> {
  return { NMS_SITE_NAME: siteName, ...cacheEnvironment(site, cache) };
}

/** Tells a function where a site's values are, and lets it reach them. */
export function connectToValues(
  handler: lambda.Function,
  cache: ec2.Connections,
  variables: Record<string, string>,
): void {
  Object.entries(variables).forEach(([name, value]) => handler.addEnvironment(name, value));
  // CDK warns that those who are let out anywhere need not be let out.
  handler.connections.securityGroups
    .filter((group) => group.allowAllOutbound)
    .forEach((group) => Annotations.of(group).acknowledgeWarning('@aws-cdk/aws-ec2:ipv4IgnoreEgressRule'));
  // From the function's side: the site must not depend on its stack.
  handler.connections.allowToDefaultPort({ connections: cache }, 'Values');
}

/**
 * Checks that a function can reach the nodes of a site.
 *
 * @throws Error for one that is not in the site's VPC. Of security groups that are imported, the VPC is not known.
 */
export function checkInVpc(site: Construct, handler: lambda.Function, vpc: ec2.IVpc): void {
  const inAnother = () => handler.connections.securityGroups.map(vpcIdOf).some((id) => differ(id, vpc.vpcId));
  if (!handler.isBoundToVpc || inAnother()) {
    throw new Error(
      `${site.node.path}: ${handler.node.path} must be in the VPC of the site, where Memcached is, got ${handler.isBoundToVpc ? 'another VPC' : 'no VPC'}: give it the site's, such as vpc: site.vpc`,
    );
  }
}

function vpcIdOf(group: ec2.ISecurityGroup): string | undefined {
  const resource = group.node.defaultChild;
  return resource instanceof ec2.CfnSecurityGroup ? resource.vpcId : undefined;
}

/** Whether two names are of different VPCs, as far as they are known before deployment. */
function differ(one: string | undefined, other: string): boolean {
  return one !== undefined && one !== other && Token.isUnresolved(one) === Token.isUnresolved(other);
}
