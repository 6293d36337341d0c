import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

/** Makes the ECS cluster of a site that is given none. */
export function siteCluster(scope: Construct, props: ecs.ClusterProps): ecs.Cluster {
  const cluster = new ecs.Cluster(scope, 'Cluster', props);
  acknowledge(
    cluster,
    'ECS4',
    "Container Insights is paid by the metric, for each task. ECS's own metrics and the load balancer's say what alarms need; a cluster that has it can be given as the cluster prop.",
  );
  return cluster;
}
