import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Duration, Token } from 'aws-cdk-lib';
import { Construct, type IDependable } from 'constructs';
import { checkFunctionOrigin, functionOrigin } from './function-origin';
import { serviceOrigin } from './service-origin';

/** Which Host header the origin gets. */
export enum OriginHost {
  /** The visitor's: for applications that serve the site's own hosts. */
  VISITOR = 'visitor',
  /** The origin's own name: for API Gateway, function URLs and others that know themselves only. */
  ORIGIN = 'origin',
}

/** How nginx and the writer reach an origin. */
export interface OriginBinding {
  /** `http://host:port` or `https://host:port`, without a path. */
  readonly url: string;
  /**
   * Which Host header the origin gets.
   * @default OriginHost.VISITOR
   */
  readonly hostHeader?: OriginHost;
  /**
   * What has to let the tasks in.
   * @default - nothing: the origin is reached over the internet, or lets them in by itself
   */
  readonly connectable?: ec2.IConnectable;
  /**
   * The port at which the tasks are let in; needed with `connectable`.
   * @default - no port
   */
  readonly port?: ec2.Port;
  /**
   * Whether the URL's name stands for public addresses, although the origin is in the VPC: these are not reached from
   * isolated subnets.
   * @default - not known: taken for private, and the tasks may go out to the port at any address
   */
  readonly internetFacing?: boolean;
  /**
   * What renders: the site's tasks are deployed after it, and what `purgeOnDeploy` and `warmOnDeploy` do comes after both.
   * @default - not known: nothing waits for it
   */
  readonly application?: IDependable;
}

/** Options for every origin. */
export interface OriginOptions {
  /**
   * Which Host header the origin gets.
   * @default OriginHost.VISITOR
   */
  readonly hostHeader?: OriginHost;
}

/** Options for an origin behind a load balancer. */
export interface LoadBalancerOriginOptions extends OriginOptions {
  /**
   * Whether the load balancer is spoken to over TLS; its certificate must then be valid for its own DNS name.
   * @default false
   */
  readonly https?: boolean;
  /**
   * The listener's port.
   * @default - 443 over TLS, else 80
   */
  readonly port?: number;
}

/** Options for an origin that is an ECS service. */
export interface ServiceOriginOptions extends OriginOptions {
  /** The port that the application listens on. */
  readonly port: number;
}

/** Options for an origin that is a Lambda function. */
export interface FunctionOriginOptions extends OriginOptions {
  /**
   * How long an answer may take, up to 15 minutes; give the function itself as much. A rendering that is to be stored has the
   * fill's deadline besides, 25 seconds.
   * @default Duration.seconds(60)
   */
  readonly timeout?: Duration;
}

/** What a site tells its origin. */
export interface OriginBindOptions {
  /** The VPC of the site. */
  readonly vpc: ec2.IVpc;
}

/**
 * The application that renders the pages.
 *
 * - `Origin.loadBalancer(alb)`: behind a load balancer of the same VPC.
 * - `Origin.service(service, { port: 8000 })`: an ECS service, found by its Cloud Map name.
 * - `Origin.function(handler)`: a Lambda function.
 * - `Origin.http('https://app.example.com')`: anywhere.
 *
 * Others can be written by extending this class.
 */
export abstract class Origin {
  /** An application behind a load balancer that the tasks can reach. */
  public static loadBalancer(
    loadBalancer: elbv2.IApplicationLoadBalancer,
    options: LoadBalancerOriginOptions = {},
  ): Origin {
    const port = options.port ?? (options.https ? 443 : 80);
    return new BoundOrigin(() => ({
      url: `${options.https ? 'https' : 'http'}://${loadBalancer.loadBalancerDnsName}:${port}`,
      hostHeader: options.hostHeader,
      connectable: loadBalancer,
      port: ec2.Port.tcp(port),
      internetFacing: isInternetFacing(loadBalancer),
    }));
  }

  /**
   * An ECS service. One without a Cloud Map name gets one in its cluster's default namespace. It is deployed before the site's
   * tasks, and may itself purge: `site.grantPurge(taskDefinition.taskRole)`.
   */
  public static service(service: ecs.BaseService, options: ServiceOriginOptions): Origin {
    return new BoundOrigin(() => serviceOrigin(service, options));
  }

  /**
   * A Lambda function that answers the events of an Application Load Balancer, with multi-value headers. It gets an internal
   * load balancer of its own, which only the site reaches, and may lie in any VPC or none: it is called by AWS's API.
   *
   * What AWS allows of such a function: request bodies of 1 MB, answers of 1 MB as JSON (text of almost as much, or about
   * 750 kB in base64), no WebSockets, no answer before its end. `X-Forwarded-Proto` is always `http` in its events; the order
   * of query parameters, and `?a` against `?a=`, are lost.
   *
   * @param handler of the account and region of the site.
   * @throws Error for a timeout that there is not.
   */
  public static function(handler: lambda.IFunction, options: FunctionOriginOptions = {}): Origin {
    checkFunctionOrigin(options);
    return new BoundOrigin((scope, bound) => functionOrigin(scope, bound, handler, options));
  }

  /**
   * An application at a URL.
   *
   * @param url `http://host`, `https://host`, perhaps with a port; without a path. Where it is known only at deployment, end
   * it with the port: the tasks may go out to every one otherwise.
   */
  public static http(url: string, options: OriginOptions = {}): Origin {
    if (!Token.isUnresolved(url) && !/^https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?\/?$/.test(url)) {
      throw new Error(
        `Origin.http: must be http://host or https://host, perhaps with a port, without a path, got: '${url}'`,
      );
    }
    return new BoundOrigin(() => ({ url: url.replace(/\/$/, ''), hostHeader: options.hostHeader }));
  }

  /** Called once by the site, which then lets its tasks reach the origin. */
  public abstract bind(scope: Construct, options: OriginBindOptions): OriginBinding;
}

/** Of a load balancer that is imported it is not known, and not assumed. */
function isInternetFacing({ node }: elbv2.IApplicationLoadBalancer): boolean | undefined {
  const resource = node.defaultChild;
  return elbv2.CfnLoadBalancer.isCfnLoadBalancer(resource) ? resource.scheme === 'internet-facing' : undefined;
}

class BoundOrigin extends Origin {
  public constructor(private readonly makeBinding: (scope: Construct, options: OriginBindOptions) => OriginBinding) {
    super();
  }

  public bind(scope: Construct, options: OriginBindOptions): OriginBinding {
    return this.makeBinding(scope, options);
  }
}
