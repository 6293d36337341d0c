import { Names, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as cloudmap from 'aws-cdk-lib/aws-servicediscovery';
import type { OriginBinding, ServiceOriginOptions } from './origin';

/**
 * Says how an ECS service is reached: by its Cloud Map name, which it gets where it has none.
 *
 * @throws Error for a cluster without a namespace that the name could be in.
 */
export function serviceOrigin(service: ecs.BaseService, { port, hostHeader }: ServiceOriginOptions): OriginBinding {
  if (service.cloudMapService === undefined && service.cluster.defaultCloudMapNamespace === undefined) {
    throw new Error(
      `Origin.service: ${service.node.path} has no name that nginx could find it by: call addDefaultCloudMapNamespace() on its cluster`,
    );
  }
  const named = service.cloudMapService ?? service.enableCloudMap({ name: newName(service) });
  return {
    url: `http://${nameOf(named)}.${named.namespace.namespaceName}:${port}`,
    hostHeader,
    connectable: service,
    port: ec2.Port.tcp(port),
    internetFacing: false,
    application: service,
  };
}

/** One label of a name in the DNS (RFC 1035 section 2.3.4), the same at every synthesis. */
function newName(service: ecs.BaseService): string {
  return Names.uniqueResourceName(service, { maxLength: 63, separator: '-' }).toLowerCase();
}

/**
 * The name as a text, where it is known, and not as an attribute: Cloud Map's service comes after the task's role, which
 * could then not be allowed to purge.
 */
function nameOf(service: cloudmap.IService): string {
  const resource = service.node.defaultChild;
  const name = cloudmap.CfnService.isCfnService(resource) ? resource.name : undefined;
  return name === undefined || Token.isUnresolved(name) ? service.serviceName : name;
}
