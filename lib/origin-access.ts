import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { OriginHost, type OriginBinding } from './origin';
import type { OriginSecret } from './origin-secret';

/** The variables that tell a program how the origin is reached. A secret's value is never among them. */
export function originEnvironment(
  { url, hostHeader = OriginHost.VISITOR }: OriginBinding,
  secret?: OriginSecret,
): Record<string, string> {
  return {
    NMS_ORIGIN: url,
    NMS_ORIGIN_HOST_HEADER: hostHeader,
    ...(secret === undefined ? {} : { NMS_ORIGIN_SECRET_HEADER: secret.header }),
  };
}

/** Lets tasks or a function go out to the origin, and into its security groups, where it has some. */
export function connectToOrigin(origin: OriginBinding, client: ec2.IConnectable, description: string): void {
  const { connectable, port, internetFacing, url } = origin;
  const hasGroups = connectable !== undefined && connectable.connections.securityGroups.length > 0;
  if (hasGroups && port !== undefined) {
    // From the client's side: the rule then lies in the site's stack, on which an origin's stack must not depend.
    client.connections.allowTo(connectable, port, description);
  }
  // A rule that names a group does not hold for the public addresses of what is in it.
  if (!hasGroups || internetFacing !== false) {
    client.connections.allowToAnyIpv4(port ?? portOf(url), description);
  }
}

/** The port in a URL. Where its end is known only at deployment, so is the port: then every one. */
function portOf(url: string): ec2.Port {
  const [, scheme, port] = /^(https?):\/\/.*?(?::(\d{1,5}))?\/?$/.exec(url) ?? [];
  if (port !== undefined) {
    return ec2.Port.tcp(Number(port));
  }
  if (scheme === undefined || (Token.isUnresolved(url) && url.endsWith('}'))) {
    return ec2.Port.allTcp();
  }
  return ec2.Port.tcp(scheme === 'https' ? 443 : 80);
}
