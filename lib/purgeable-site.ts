import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { type CloudFrontPurgeOptions, purgeCopies } from './cloud-front-purges';
import type { ItemPurgeRule, ObjectPurgeRule } from './event-rules';
import { InspectableSite } from './inspectable-site';
import type { PageIndex } from './page-index';
import type { PagePurger } from './page-purger';
import { pagesWidget } from './pages-widget';
import type { PurgeActionProps, PurgeOnEventOptions } from './purge-options';
import type { PurgeSelection } from './purge-selection';

/** What purges the pages of a site: every way to have it done by the rest of an application. */
export abstract class PurgeableSite extends InspectableSite {
  /** The functions that purge. */
  public abstract readonly purger: PagePurger;
  /** The index of stored pages. */
  public abstract readonly pageIndex: PageIndex;

  /** Whether the headers that name a page's tags go out. */
  protected abstract readonly showsTags: boolean;
  private distribution?: cloudfront.IDistribution;

  /** The function that purges pages: the one entry for everybody, who need not be in the VPC. */
  public get purgeFunction(): lambda.IFunction {
    return this.purger.events.handler;
  }

  /** Where events lie that should have purged pages and could not, for 14 days. */
  public get purgeDeadLetterQueue(): sqs.IQueue {
    return this.purger.events.deadLetterQueue;
  }

  /** Goes off while `purgeDeadLetterQueue` has messages: `site.purgeAlarm.addAlarmAction(…)` says who learns of it. */
  public get purgeAlarm(): cloudwatch.Alarm {
    return this.purger.events.alarm;
  }

  /** Lets somebody purge pages: to invoke `purgeFunction`, and nothing else. */
  public grantPurge(grantee: iam.IGrantable): iam.Grant {
    return this.purger.grantPurge(grantee);
  }

  /**
   * Has the copies of a CloudFront distribution before the site removed after each purge by `purgeFunction`, and says so in the
   * receipt. What visitors' unsafe requests purge (`purgeOnUnsafeRequests`) stays at CloudFront for its lifetime there.
   *
   * @param distribution the only one.
   * @throws Error for a second distribution, a bad cap, and for copies by tag where the site does not send them.
   */
  public purgeCloudFront(distribution: cloudfront.IDistribution, options: CloudFrontPurgeOptions = {}): void {
    const where = `${this.node.path}: purgeCloudFront`;
    if (this.distribution !== undefined) {
      throw new Error(`${where}: must be called once, for one distribution`);
    }
    if (options.byTag === true && !this.showsTags) {
      throw new Error(`${where}: byTag needs keepTagHeaders: without the headers CloudFront knows of no tags`);
    }
    purgeCopies(where, this.purger.events.handler, distribution, options, this);
    this.distribution = distribution;
  }

  /**
   * Purges pages at times.
   *
   * @param id of the schedule, among those of the site.
   * @throws Error for a selection that is empty, or that the site cannot purge.
   */
  public purgeOnSchedule(
    id: string,
    schedule: scheduler.ScheduleExpression,
    selection: PurgeSelection,
  ): scheduler.Schedule {
    return this.purger.events.purgeOnSchedule(id, schedule, selection);
  }

  /**
   * Purges pages when an event comes over EventBridge. The selection may name its fields:
   * `{ urls: [events.EventField.fromPath('$.detail.url')] }`.
   *
   * @param id of the rule, among those of the site.
   * @throws Error for a selection that is empty, or that the site cannot purge.
   */
  public purgeOnEvent(
    id: string,
    pattern: events.EventPattern,
    selection: PurgeSelection,
    options: PurgeOnEventOptions = {},
  ): events.Rule {
    return this.purger.events.purgeOnEvent(id, pattern, selection, options);
  }

  /**
   * Purges what the messages of a topic ask for: `{ "urls": ["https://www.example.com/news"] }`, with the fields of
   * PurgeSelection. Whoever may publish to the topic may purge.
   */
  public purgeOnTopic(topic: sns.ITopic): void {
    this.purger.events.purgeOnTopic(topic);
  }

  /**
   * Purges what the messages of a queue ask for: `{ "urls": ["https://www.example.com/news"] }`, with the fields of
   * PurgeSelection. Whoever may send to the queue may purge. What cannot be purged goes to the queue's own dead-letter queue.
   *
   * @param queue with a `visibilityTimeout` of at least 15 minutes, the function's timeout: with less Lambda refuses it.
   * @throws Error for a queue of this app whose visibility timeout is shorter; an imported one fails at deployment.
   */
  public purgeOnQueue(queue: sqs.IQueue): void {
    this.purger.events.purgeOnQueue(queue);
  }

  /**
   * Purges the page of an object that is written to a bucket or deleted from it: of `news/index.html` with
   * `https://www.example.com/{key}`, both `/news/index.html` and `/news/`. The bucket then sends its events to EventBridge.
   *
   * @param rule the only one of this bucket.
   * @throws Error for a bad rule, a second one, and for a site without an index.
   */
  public purgeOnObjectChange(bucket: s3.IBucket, rule: ObjectPurgeRule): events.Rule {
    return this.purger.events.purgeOnObjectChange(bucket, rule);
  }

  /**
   * Purges the pages that show an item that is written to a table or deleted from it, by their tags. With old images in
   * its stream, so are those that showed it before.
   *
   * @param table with a stream: `dynamodb.StreamViewType.NEW_AND_OLD_IMAGES`, or keys only where `rule` names no more.
   * @param rule the only one of this table.
   * @throws Error for a table without a stream, a bad rule, a second one, and for a site without an index.
   */
  public purgeOnItemChange(table: dynamodb.ITable, rule: ItemPurgeRule): void {
    this.purger.events.purgeOnItemChange(table, rule);
  }

  /**
   * An action for a CodePipeline of this app that purges pages, and fails when they could not be purged. For CDK Pipelines
   * there is PurgeStep.
   *
   * @throws Error for a selection that is empty, too long for an action (1,000 characters as JSON), or that the site cannot purge.
   */
  public purgeAction(props: PurgeActionProps): codepipeline.IAction {
    return this.purger.events.purgeAction(props);
  }

  /**
   * Lets `purgeFunction` answer the jobs of pipelines that have it by name only, such as those of a PurgeStep. `purgeAction`
   * does it by itself.
   */
  public allowPurgeFromPipelines(): void {
    this.purger.events.allowPurgeFromPipelines();
  }

  protected pagesWidget(): cloudwatch.IWidget {
    return pagesWidget(this.inspectFunction, this.purgeFunction);
  }
}
