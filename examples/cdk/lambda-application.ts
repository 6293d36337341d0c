import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { NginxMemcacheSite, Origin } from 'nginx-memcache-site';

/**
 * An application that is a Lambda function and shows what lies in a DynamoDB table. A page names the products that it shows
 * (`Cache-Tag: product-17`), and is purged when one of them is written, whoever writes it. docs/fill.md says what load
 * balancers allow of functions.
 *
 *     new LambdaApplicationStack(app, 'Shop', lambda.Code.fromAsset('dist'));
 */
export class LambdaApplicationStack extends Stack {
  public constructor(scope: Construct, id: string, code: lambda.Code, props: StackProps = {}) {
    super(scope, id, props);
    const products = new dynamodb.TableV2(this, 'Products', {
      partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
      dynamoStream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
    });
    const application = new lambda.Function(this, 'Application', {
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code,
      memorySize: 1024,
      timeout: Duration.seconds(20),
      environment: { PRODUCTS: products.tableName },
    });
    products.grantReadData(application);

    const site = new NginxMemcacheSite(this, 'Site', {
      origin: Origin.function(application, { timeout: Duration.seconds(20) }),
      bypassPaths: ['/cart'],
      defaultTtl: Duration.minutes(10),
    });
    site.purgeOnItemChange(products, { tags: ['product-{id}'] });
  }
}
