import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { FUNCTION_PORT, functionLoadBalancer } from './function-load-balancer';
import type { OriginBinding, OriginBindOptions, FunctionOriginOptions } from './origin';

/** Makes the load balancer that has an application's function answer, and says how it is reached. */
export function functionOrigin(
  scope: Construct,
  { vpc }: OriginBindOptions,
  handler: lambda.IFunction,
  { timeout = Duration.seconds(60), hostHeader }: FunctionOriginOptions,
): OriginBinding {
  const application = new Construct(scope, 'Origin');
  const loadBalancer = functionLoadBalancer(application, vpc, handler, timeout);
  return {
    url: `http://${loadBalancer.loadBalancerDnsName}:${FUNCTION_PORT}`,
    hostHeader,
    connectable: loadBalancer,
    port: ec2.Port.tcp(FUNCTION_PORT),
    internetFacing: false,
    application,
  };
}

/** @throws Error for a time that a load balancer does not wait. */
export function checkFunctionOrigin({ timeout }: FunctionOriginOptions): void {
  if (timeout === undefined || timeout.isUnresolved()) {
    return;
  }
  const seconds = timeout.toSeconds({ integral: false });
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 900) {
    throw new Error(
      `Origin.function: timeout must be whole seconds from 1 to 900, as long as a function may run, got: ${seconds} s`,
    );
  }
}
