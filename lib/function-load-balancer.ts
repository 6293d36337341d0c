import { Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

/** Where the load balancer before a function listens. */
export const FUNCTION_PORT = 80;

/**
 * Makes an internal load balancer that has a function answer all it is asked. Nobody is let in yet.
 *
 * @param idleTimeout how long an answer may take.
 */
export function functionLoadBalancer(
  scope: Construct,
  vpc: ec2.IVpc,
  handler: lambda.IFunction,
  idleTimeout: Duration,
): elbv2.ApplicationLoadBalancer {
  const loadBalancer = new elbv2.ApplicationLoadBalancer(scope, 'LoadBalancer', {
    vpc,
    internetFacing: false,
    dropInvalidHeaderFields: true,
    idleTimeout,
  });
  acknowledge(
    loadBalancer,
    'ELB2',
    "It is internal, and reached by the site alone: visitors' requests are logged where they come in.",
  );
  const targetGroup = new elbv2.ApplicationTargetGroup(scope, 'Targets', {
    targetType: elbv2.TargetType.LAMBDA,
    targets: [functionTarget(scope, handler)],
    // Without it all but one of repeated headers and parameters are lost, on both ways.
    multiValueHeadersEnabled: true,
  });
  loadBalancer.addListener('Listener', {
    port: FUNCTION_PORT,
    protocol: elbv2.ApplicationProtocol.HTTP,
    open: false,
    defaultTargetGroups: [targetGroup],
  });
  return loadBalancer;
}

/** CDK's own target lets the load balancers of all accounts invoke the function. */
function functionTarget(scope: Construct, handler: lambda.IFunction): elbv2.IApplicationLoadBalancerTarget {
  return {
    attachToApplicationTargetGroup(targetGroup) {
      const permission = new lambda.CfnPermission(scope, 'Permission', {
        action: 'lambda:InvokeFunction',
        functionName: handler.functionArn,
        principal: 'elasticloadbalancing.amazonaws.com',
        // Not the target group: that is made only when the permission is there.
        sourceAccount: Stack.of(scope).account,
      });
      targetGroup.node.addDependency(permission);
      return { targetType: elbv2.TargetType.LAMBDA, targetJson: { id: handler.functionArn } };
    },
  };
}
