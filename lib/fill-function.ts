import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { FunctionFillOptions } from './fill';
import { FUNCTION_PORT, functionLoadBalancer } from './function-load-balancer';
import { renderingFunction, type RenderingFunctionProps, whyNoRendering } from './rendering-function';

/** What a site tells its fill function. */
export interface FillFunctionProps extends RenderingFunctionProps {
  /** What the user says of the function. */
  readonly options: FunctionFillOptions;
  /** How long a fill may take, in seconds. */
  readonly fillDeadline: number;
}

/** The function that renders and stores missed pages, behind a load balancer that only nginx's tasks reach. */
export class FillFunction extends Construct {
  /** The function. */
  public readonly handler: lambda.Function;
  /** What nginx asks. */
  public readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  /** Where nginx asks it, as `host:port`. */
  public readonly address: string;

  public constructor(scope: Construct, id: string, props: FillFunctionProps) {
    super(scope, id);
    const { options, fillDeadline, vpc } = props;
    const why = whyNoRendering(props);
    if (why !== undefined) {
      throw new Error(`${scope.node.path}: fill must be Fill.sidecar(), got: Fill.function(): ${why}`);
    }
    this.handler = renderingFunction(this, 'fill-function', props, {
      memorySize: options.memorySize ?? 1024,
      reservedConcurrentExecutions: options.reservedConcurrency,
      // What a fill does after a rendering that took all its time.
      timeout: Duration.seconds(fillDeadline + 5),
    });
    // Longer than nginx keeps a connection that is idle, 60 s, and than it waits for an answer.
    this.loadBalancer = functionLoadBalancer(
      this,
      vpc,
      this.handler,
      Duration.seconds(Math.max(75, fillDeadline + 10)),
    );
    this.address = `${this.loadBalancer.loadBalancerDnsName}:${FUNCTION_PORT}`;
  }

  /**
   * Lets nginx's tasks in, and nobody else: who can reach it decides what is stored.
   *
   * @internal
   */
  public _admit(tasks: ec2.IConnectable): void {
    tasks.connections.allowTo(this.loadBalancer, ec2.Port.tcp(FUNCTION_PORT), 'nginx tasks: misses');
  }
}
