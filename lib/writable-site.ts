import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { BucketPageRule } from './bucket-writes';
import type { PageWarmer } from './page-warmer';
import type { PageWriter } from './page-writer';
import { PurgeableSite } from './purgeable-site';
import type { RefreshAheadOptions, WarmSelection } from './warm-selection';

/** What puts pages into a site's cache before anybody asks for them: every way to have it done. */
export abstract class WritableSite extends PurgeableSite {
  /** The function that stores pushed pages. */
  public abstract readonly writer: PageWriter;

  private madeWarmer?: PageWarmer;

  /**
   * What warms pages: two functions, a queue and an alarm, made when they are asked for first.
   *
   * @throws Error where the functions of the site cannot reach its origin, or the application stores the pages itself.
   */
  public get warmer(): PageWarmer {
    this.madeWarmer ??= this.createWarmer();
    return this.madeWarmer;
  }

  /** The function that stores pushed pages. */
  public get writeFunction(): lambda.IFunction {
    return this.writer.handler;
  }

  /** Lets somebody push pages: to invoke the write function, and nothing else. */
  public grantWrite(grantee: iam.IGrantable): iam.Grant {
    return this.writer.grantWrite(grantee);
  }

  /**
   * Stores the objects of a bucket as pages, whenever they are written, and purges the pages of those that are deleted: of
   * `news/index.html` with `https://www.example.com/{key}`, both `/news/index.html` and `/news/`. The bucket then sends its
   * events to EventBridge. What lies there already is stored by invoking `writeFunction` with `{ "bucket": "<its name>" }`.
   *
   * @param rule the only one of this bucket.
   * @throws Error for a bad rule, and for a second one. In isolated subnets of a given VPC, S3 needs a gateway endpoint.
   */
  public writeFromBucket(bucket: s3.IBucket, rule: BucketPageRule): events.Rule {
    return this.writer.writeFromBucket(bucket, rule);
  }

  /** The function that warms pages: `{ "sitemaps": ["https://www.example.com/sitemap.xml"] }`. */
  public get warmFunction(): lambda.IFunction {
    return this.warmer.handler;
  }

  /** Where what could not be warmed lies, for 14 days. */
  public get warmDeadLetterQueue(): sqs.IQueue {
    return this.warmer.deadLetterQueue;
  }

  /** Goes off while `warmDeadLetterQueue` has messages: `site.warmAlarm.addAlarmAction(…)` says who learns of it. */
  public get warmAlarm(): cloudwatch.Alarm {
    return this.warmer.alarm;
  }

  /** Lets somebody warm pages: to invoke `warmFunction`, and nothing else. */
  public grantWarm(grantee: iam.IGrantable): iam.Grant {
    return this.warmer.grantWarm(grantee);
  }

  /**
   * Warms pages at times.
   *
   * @param id of the schedule, among those of the site's warms.
   * @throws Error for a selection that is empty, or not of the site.
   */
  public warmOnSchedule(
    id: string,
    schedule: scheduler.ScheduleExpression,
    selection: WarmSelection,
  ): scheduler.Schedule {
    return this.warmer.warmOnSchedule(id, schedule, selection);
  }

  /**
   * Renders the pages anew that visitors ask for, before they expire: so that nobody meets a miss of a page that is often
   * asked for. Once for each site.
   *
   * @throws Error where the nodes do not say what is asked for (PageCache.serverless()), for a site without an index, and
   * for times by which pages would be missed.
   */
  public refreshAhead(options: RefreshAheadOptions): scheduler.Schedule {
    return this.warmer.refreshAhead(options);
  }

  /** Makes what warms pages; called once. */
  protected abstract createWarmer(): PageWarmer;
}
