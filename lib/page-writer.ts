import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { type BucketPageRule, BucketWrites } from './bucket-writes';
import { siteFunction, type SiteFunctionProps } from './site-function';

/** What a site tells its writer. */
export interface PageWriterProps extends SiteFunctionProps {
  /** The longest that any page is kept, in seconds. */
  readonly maxTtl: number;
  /** The hosts whose pages are cached; none where every host is taken. */
  readonly hosts: string[];
  /**
   * Whether the application stores the pages itself, so that nothing else may.
   * @default false
   */
  readonly applicationStores?: boolean;
}

/** The function that stores pushed pages: `{ "pages": [{ "url": "https://www.example.com/news", "body": "…" }] }`. */
export class PageWriter extends Construct {
  /** The function. */
  public readonly handler: lambda.Function;

  private madeBuckets?: BucketWrites;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: PageWriterProps,
  ) {
    super(scope, id);
    this.handler = siteFunction(this, 'write', 'Stores pages of the site', props);
  }

  /** What has objects stored as pages: a queue and an alarm for those that could not be, made when asked for first. */
  public get buckets(): BucketWrites {
    const { vpc, maxTtl, hosts } = this.props;
    this.madeBuckets ??= new BucketWrites(this, 'Buckets', { handler: this.handler, vpc, maxTtl, hosts });
    return this.madeBuckets;
  }

  /** Lets somebody push pages: to invoke this function, and nothing else. */
  public grantWrite(grantee: iam.IGrantable): iam.Grant {
    return this.handler.grantInvokeLatestVersion(grantee);
  }

  /** Stores the objects of a bucket as pages. */
  public writeFromBucket(bucket: s3.IBucket, rule: BucketPageRule): events.Rule {
    const where = `${this.node.path}: writeFromBucket`;
    if (this.props.applicationStores === true) {
      throw new Error(`${where}: the application stores the pages of this site itself (pageFormat)`);
    }
    return this.buckets.add(where, bucket, rule);
  }
}
