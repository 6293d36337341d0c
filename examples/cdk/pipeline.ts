import { Stack, type StackProps, Stage, type StageProps } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as pipelines from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import { NginxMemcacheSite, Origin, PurgeStep } from 'nginx-memcache-site';

// A pipeline's stack cannot refer to what its stages deploy: it knows the function by this name.
const PURGE_FUNCTION = 'shop-purge';

/** What is deployed: in each account and region once. */
class ShopStage extends Stage {
  public constructor(scope: Construct, id: string, props: StageProps) {
    super(scope, id, props);
    const site = new NginxMemcacheSite(new Stack(this, 'Shop'), 'Site', {
      origin: Origin.http('https://shop.internal.example'),
      purgeFunctionName: PURGE_FUNCTION,
    });
    site.allowPurgeFromPipelines();
  }
}

/**
 * A pipeline of CDK Pipelines that deploys a site and then purges it. The pipeline fails when the purge does.
 *
 *     new PipelineStack(app, 'Pipeline', 'arn:aws:codeconnections:…', { env: { account: '…', region: 'eu-central-1' } });
 */
export class PipelineStack extends Stack {
  public constructor(scope: Construct, id: string, connectionArn: string, props: StackProps) {
    super(scope, id, props);
    const pipeline = new pipelines.CodePipeline(this, 'Pipeline', {
      synth: new pipelines.ShellStep('Synth', {
        input: pipelines.CodePipelineSource.connection('shop/shop', 'main', { connectionArn }),
        commands: ['npm ci', 'npx cdk synth'],
      }),
    });
    const purge = new PurgeStep('Purge', {
      purgeFunction: lambda.Function.fromFunctionName(this, 'PurgeFunction', PURGE_FUNCTION),
      selection: { prefixes: ['https://www.shop.example/products'], tags: ['templates'] },
    });
    pipeline.addStage(new ShopStage(this, 'Production', { env: props.env }), { post: [purge] });
  }
}
