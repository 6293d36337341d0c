import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { PageIndexing } from './page-index';
import { PurgeEvents } from './purge-events';
import { renderingFunction, type RenderingFunctionProps, whyNoRendering } from './rendering-function';

/** What a site tells its purger. */
export interface PagePurgerProps extends RenderingFunctionProps {
  /** Which rows the index keeps. */
  readonly index: PageIndexing;
  /** Whether a purge of everything may empty the nodes. */
  readonly flushOnPurge: boolean;
  /** The hosts whose pages are cached; none where every host is taken. */
  readonly hosts: string[];
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
    const { index, flushOnPurge, hosts, functionName } = props;
    const noRefresh = whyNoRendering(props);
    this.core = renderingFunction(this, 'purge', props);
    const limits = { index, flushOnPurge, hosts, noRefresh };
    this.events = new PurgeEvents(this, 'Events', { core: this.core, functionName, ...limits });
  }

  /** Lets somebody purge: to invoke the function that takes the events, and nothing else. */
  public grantPurge(grantee: iam.IGrantable): iam.Grant {
    return this.events.handler.grantInvokeLatestVersion(grantee);
  }
}
