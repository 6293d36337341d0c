import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as destinations from 'aws-cdk-lib/aws-lambda-destinations';
import * as sources from 'aws-cdk-lib/aws-lambda-event-sources';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { EVENTS_TIMEOUT, failedEventsAlarm, failedEventsQueue, MAX_EVENT_AGE } from './events-function';
import { PageIndexing } from './page-index';
import { renderingFunction, type RenderingFunctionProps, whyNoRendering } from './rendering-function';
import { FunctionSchedule } from './schedule-target';
import { bundledFunction } from './site-function';
import { WARM_TRIES, WARM_WORKERS } from './site/warming';
import {
  type RefreshAheadOptions,
  renderRefreshAhead,
  renderWarm,
  type WarmOnDeployOptions,
  type WarmRequest,
  type WarmSelection,
} from './warm-selection';

/** What a site tells its warmer. */
export interface PageWarmerProps extends RenderingFunctionProps {
  /** The site's name. */
  readonly siteName: string;
  /** The hosts whose pages are cached; none where every host is taken. */
  readonly hosts: string[];
  /** Which rows the index keeps. */
  readonly index: PageIndexing;
}

// How often the scheduler tries to hand over an event. Warming again finds the pages there.
const DELIVERIES = { maxEventAge: MAX_EVENT_AGE, retryAttempts: 10 };

/**
 * What renders pages before anybody asks for them, in two functions and a queue: the one outside the VPC takes requests and
 * directs the work, which lies in the queue in small parts; the one inside does it, at the site's rate.
 */
export class PageWarmer extends Construct {
  /** The function that takes requests: the one entry for everybody. */
  public readonly handler: lambda.Function;
  /** The function in the VPC that renders and stores the pages. */
  public readonly core: lambda.Function;
  /** The parts of warms that are to be done. */
  public readonly queue: sqs.Queue;
  /** Where parts lie that could not be done, and events that could not begin a warm, for 14 days. */
  public readonly deadLetterQueue: sqs.Queue;
  /** Goes off while there are some. */
  public readonly alarm: cloudwatch.Alarm;

  private readonly scheduleScope = new Construct(this, 'Schedules');

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: PageWarmerProps,
  ) {
    super(scope, id);
    const noRendering = whyNoRendering(props);
    if (noRendering !== undefined) {
      throw new Error(`${this.node.path}: pages cannot be warmed: ${noRendering}`);
    }
    this.core = renderingFunction(new Construct(this, 'Core'), 'warm', props);
    this.deadLetterQueue = failedEventsQueue(this, true);
    this.alarm = failedEventsAlarm(this, this.deadLetterQueue, 'Warms of pages could not be done');
    this.queue = new sqs.Queue(this, 'Queue', {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // Lambda wants it to be at least the function's timeout.
      visibilityTimeout: EVENTS_TIMEOUT,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: WARM_TRIES },
    });
    this.handler = this.createHandler();
  }

  /** Lets somebody warm pages: to invoke the function that takes requests, and nothing else. */
  public grantWarm(grantee: iam.IGrantable): iam.Grant {
    return this.handler.grantInvokeLatestVersion(grantee);
  }

  /** Warms pages at times. */
  public warmOnSchedule(
    id: string,
    schedule: scheduler.ScheduleExpression,
    selection: WarmSelection,
  ): scheduler.Schedule {
    return this.schedule(id, schedule, {
      ...renderWarm(this.where('warmOnSchedule'), selection, this.props.hosts),
      caller: `schedule:${id}`,
    });
  }

  /** Renders pages anew before they expire. */
  public refreshAhead(options: RefreshAheadOptions): scheduler.Schedule {
    const where = this.where('refreshAhead');
    if (this.props.index === PageIndexing.NONE) {
      throw new Error(
        `${where}: the site keeps no index of its pages (index: PageIndexing.NONE), by which they are found`,
      );
    }
    if (this.props.cache.reportsUse === false) {
      throw new Error(
        `${where}: the nodes do not say which pages are asked for: ElastiCache Serverless has no such command; use PageCache.cluster()`,
      );
    }
    const request = renderRefreshAhead(where, options);
    return this.schedule('RefreshAhead', scheduler.ScheduleExpression.rate(options.every), request);
  }

  /** Warms pages when the stack is deployed. */
  public warmOnDeploy(selection: WarmSelection, options: WarmOnDeployOptions = {}): CustomResource {
    const { version = new Date().toISOString() } = options;
    const request = renderWarm(this.where('warmOnDeploy'), selection, this.props.hosts);
    return new CustomResource(this, 'OnDeploy', {
      resourceType: 'Custom::PageWarm',
      serviceToken: this.handler.functionArn,
      // It is answered when the warm has begun.
      serviceTimeout: Duration.minutes(5),
      properties: { Warm: Stack.of(this).toJsonString(request), Version: version },
    });
  }

  private createHandler(): lambda.Function {
    const { siteDocument, siteName, pageIndex } = this.props;
    const handler = bundledFunction(this, 'warm-events', siteDocument, {
      description: 'Takes requests to warm pages of the site, and directs the work',
      memorySize: 512,
      timeout: EVENTS_TIMEOUT,
      environment: {
        NMS_TABLE: pageIndex.table.tableName,
        NMS_WARM_FUNCTION: this.core.functionName,
        NMS_WARM_QUEUE: this.queue.queueUrl,
      },
      onFailure: new destinations.SqsDestination(this.deadLetterQueue),
      retryAttempts: 2,
      maxEventAge: MAX_EVENT_AGE,
    });
    handler.addEventSource(
      new sources.SqsEventSource(this.queue, {
        batchSize: 1,
        maxConcurrency: WARM_WORKERS,
        reportBatchItemFailures: true,
      }),
    );
    this.core.grantInvokeLatestVersion(handler);
    this.queue.grantSendMessages(handler);
    pageIndex.grantWarms(handler, siteName);
    return handler;
  }

  private schedule(id: string, schedule: scheduler.ScheduleExpression, request: WarmRequest): scheduler.Schedule {
    const target = new FunctionSchedule(this.handler, {
      input: scheduler.ScheduleTargetInput.fromObject(request),
      deadLetterQueue: this.deadLetterQueue,
      ...DELIVERIES,
    });
    return new scheduler.Schedule(this.scheduleScope, id, { schedule, target });
  }

  private where(method: string): string {
    return `${this.node.path}: ${method}`;
  }
}
