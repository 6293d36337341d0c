import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { functionInVpc, type SiteFunctionProps } from './site-function';

/**
 * The function that looks into the store: what lies there for a URL, which pages there are, how the nodes are, and who
 * purged. It only looks: at the table it may read, and its code has no way to write to a node or to delete from it.
 */
export class PageInspector extends Construct {
  /** The function. */
  public readonly handler: lambda.Function;

  public constructor(scope: Construct, id: string, props: SiteFunctionProps) {
    super(scope, id);
    this.handler = functionInVpc(this, 'inspect', 'Looks into the store of the site', props, {
      memorySize: 512,
      timeout: Duration.seconds(60),
    });
    props.pageIndex.grantLook(this.handler);
  }

  /** Lets somebody look into the store: to invoke this function, and nothing else. They see what every visitor may. */
  public grantInspect(grantee: iam.IGrantable): iam.Grant {
    return this.handler.grantInvokeLatestVersion(grantee);
  }
}
