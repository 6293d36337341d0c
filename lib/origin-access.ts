import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { OriginHost, type OriginBinding } from './origin';

/** The variables that tell a program how the origin is reached. */
export function originEnvironment({ url, hostHeader = OriginHost.VISITOR }: OriginBinding): Record<string, string> {
  return { NMS_ORIGIN: url, NMS_ORIGIN_HOST_HEADER: hostHeader };
}

/** Lets tasks or a function into the origin's security groups, where it has some. */
export function letIntoOrigin(
  { connectable, port }: OriginBinding,
  client: ec2.IConnectable,
  description: string,
): void {
  if (connectable === undefined || port === undefined) {
    return;
  }
  for (const origin of connectable.connections.securityGroups) {
    for (const group of client.connections.securityGroups) {
      // A remote rule lies in the site's stack: an origin in another one must not depend on it.
      origin.addIngressRule(group, port, description, true);
    }
  }
}
