import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { OriginBinding } from './origin';
import { connectToOrigin, originEnvironment } from './origin-access';
import type { OriginSecret } from './origin-secret';
import type { PageIndexing } from './page-index';
import { PurgeEvents } from './purge-events';
import { functionsHaveEgress, siteFunction, type SiteFunctionProps } from './site-function';

/** What a site tells its purger. */
export interface PagePurgerProps extends SiteFunctionProps {
  /** How the origin is reached, which refreshing purges ask. */
  readonly origin: OriginBinding;
  /**
   * What the origin knows the site by.
   * @default - nothing
   */
  readonly originSecret?: OriginSecret;
  /** Which rows the index keeps. */
  readonly index: PageIndexing;
  /** Whether a purge of everything may empty the nodes. */
  readonly flushOnPurge: boolean;
  /**
   * The name of the function that takes the events.
   * @default - CloudFormation makes one
   */
  readonly functionName?: string;
}

/**
 * What purges pages, in two functions: the core, which reaches Memcached in the VPC, and the events function before it,
 * which reaches the AWS APIs outside, and takes every event that shall purge pages.
 */
export class PagePurger extends Construct {
  /**
   * The function in the VPC that purges: for callers who want one hop less. It takes purge requests only, and does not
   * keep those that fail.
   */
  public readonly core: lambda.Function;
  /** The function that takes every event, and what sends events to it. */
  public readonly events: PurgeEvents;

  public constructor(scope: Construct, id: string, props: PagePurgerProps) {
    super(scope, id);
    const { index, flushOnPurge, functionName } = props;
    const noRefresh = whyNoRefresh(props);
    this.core = noRefresh === undefined ? this.renderingCore(props) : this.createCore(props);
    this.events = new PurgeEvents(this, 'Events', { core: this.core, functionName, index, flushOnPurge, noRefresh });
  }

  /** Lets somebody purge: to invoke the function that takes the events, and nothing else. */
  public grantPurge(grantee: iam.IGrantable): iam.Grant {
    return this.events.handler.grantInvoke(grantee);
  }

  private createCore(props: PagePurgerProps, environment?: Record<string, string>): lambda.Function {
    return siteFunction(this, 'purge', 'Purges pages of the site', props, environment);
  }

  private renderingCore(props: PagePurgerProps): lambda.Function {
    const { origin, originSecret } = props;
    const core = this.createCore(props, {
      ...originEnvironment(origin, originSecret),
      // Nothing puts a secret's value into a function but its environment, which more people may read: it asks by itself.
      ...(originSecret && { NMS_ORIGIN_SECRET_ARN: originSecret.secret.secretArn }),
    });
    originSecret?.secret.grantRead(core);
    connectToOrigin(origin, core, 'purges that render pages again');
    return core;
  }
}

/** Why pages cannot be rendered again where the purges run; nothing where they can. */
function whyNoRefresh({ vpc, origin, originSecret }: PagePurgerProps): string | undefined {
  if (functionsHaveEgress(vpc)) {
    return undefined;
  }
  if (origin.connectable === undefined || origin.internetFacing) {
    return 'functions in isolated subnets cannot reach an origin outside of the VPC, or behind an internet-facing load balancer; give the VPC private subnets with egress, or the site an internal origin';
  }
  return originSecret === undefined
    ? undefined
    : 'functions in isolated subnets cannot reach Secrets Manager, where originSecret is, without which the origin does not answer them; give the VPC private subnets with egress';
}
