import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** Which rows of stored pages the index keeps. */
export enum PageIndexing {
  /** One for each: purges find pages by URL, prefix, tag and host. */
  FULL = 'full',
  /**
   * None: storing a page writes no row. Pages are then purged by exact URL only, and everything only with `flushOnPurge`.
   */
  NONE = 'none',
}

/**
 * The index of stored pages, the journal of purges and the registry of nodes: one DynamoDB table, paid by the request.
 *
 * It goes with the site: without its pages it means nothing.
 */
export class PageIndex extends Construct {
  /** The table. */
  public readonly table: dynamodb.TableV2;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new dynamodb.TableV2(this, 'Resource', {
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
      billing: dynamodb.Billing.onDemand(),
      timeToLiveAttribute: 'expires',
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  /**
   * Lets a role take part in fills and purges: BatchGetItem, BatchWriteItem, Query, PutItem and UpdateItem on this table,
   * and nothing else. BatchWriteItem alone could delete rows; there is no permission for its writes only.
   */
  public grantUse(grantee: iam.IGrantable): iam.Grant {
    return this.table.grant(
      grantee,
      'dynamodb:BatchGetItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:Query',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
    );
  }

  /** Lets a role look into the index: BatchGetItem, Query and DescribeTable on this table, and nothing else. */
  public grantLook(grantee: iam.IGrantable): iam.Grant {
    return this.table.grant(grantee, 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:DescribeTable');
  }

  /**
   * Lets a role keep the log of a site's warms: BatchGetItem, BatchWriteItem, Query, PutItem and UpdateItem on its rows,
   * and on no others.
   */
  public grantWarms(grantee: iam.IGrantable, siteName: string): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['BatchGetItem', 'BatchWriteItem', 'Query', 'PutItem', 'UpdateItem'].map((name) => `dynamodb:${name}`),
      resourceArns: [this.table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`warm#${siteName}#*`] } },
    });
  }
}
